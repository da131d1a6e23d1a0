import asyncio
import os
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from babble_app.errors import ValidationFailedError
from babble_app.retrieval.extraction import Limits, encode_for_model, extract
from tests.pdf_files import assemble, encrypt, make_pdf, make_slow_pdf


def save(tmp_path, data):
    path = tmp_path / "blob"
    path.write_bytes(data)
    return path


def encoded(image, kind, **options):
    target = BytesIO()
    image.save(target, kind, **options)
    return target.getvalue()


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("Grüße 👋".encode(), "Grüße 👋"),
        (b"\xef\xbb\xbfwith a mark", "with a mark"),
        ("Grüße".encode("utf-16"), "Grüße"),
        ("Größe – “quoted”".encode("cp1252"), "Größe – “quoted”"),
        (b"a,b\r\n1,2\r\n", "a,b\n1,2\n"),
    ],
)
async def test_text_is_read_in_its_encoding(tmp_path, data, text):
    read = await extract(save(tmp_path, data), "text", "text/plain")

    assert (read.status, read.reason, [page.text for page in read.pages]) == ("ready", "", [text])


async def test_a_file_that_is_no_text_gets_a_reason(tmp_path):
    read = await extract(save(tmp_path, b"begins well\n" + os.urandom(5000) + b"\0"), "text")

    assert read.status == "unreadable"
    assert "does not hold text" in read.reason
    assert read.pages == ()


async def test_a_text_of_spaces_gets_a_reason(tmp_path):
    assert "white space" in (await extract(save(tmp_path, b" \n\t "), "text")).reason


async def test_a_very_long_text_is_cut_and_says_so(tmp_path):
    read = await extract(save(tmp_path, b"words " * 500_000), "text")

    assert (read.status, len(read.pages[0].text)) == ("ready", 2_000_000)
    assert read.reason == "Only the first 2,000,000 characters were read."


async def test_a_pdf_is_read_page_by_page(tmp_path):
    read = await extract(save(tmp_path, make_pdf(["First page", "Second page"])), "pdf")

    assert [(page.page, page.text) for page in read.pages] == [
        (1, "First page"),
        (2, "Second page"),
    ]
    assert (read.status, read.reason) == ("ready", "")


async def test_an_encrypted_pdf_needs_its_password_removed(tmp_path):
    data = encrypt(make_pdf(["secret"]), user_password="hush")

    read = await extract(save(tmp_path, data), "pdf")

    assert read.status == "unreadable"
    assert "protected by a password" in read.reason


async def test_a_pdf_that_opens_without_a_password_is_read_although_encrypted(tmp_path):
    data = encrypt(make_pdf(["not so secret"]), user_password="")

    assert (await extract(save(tmp_path, data), "pdf")).pages[0].text == "not so secret"


@pytest.mark.parametrize(
    "data", [b"%PDF-1.7\ngarbage", b"%PDF-1.7", b"%PDF-1.7\n" + bytes(range(256)) * 40]
)
async def test_a_broken_pdf_gets_a_reason(tmp_path, data):
    read = await extract(save(tmp_path, data), "pdf")

    assert read.status == "unreadable"
    assert "The PDF is damaged" in read.reason


async def test_a_scan_without_text_gets_a_reason(tmp_path):
    read = await extract(save(tmp_path, make_pdf(["", ""])), "pdf")

    assert read.status == "unreadable"
    assert "holds no text; it looks like a scan" in read.reason


async def test_one_damaged_page_does_not_cost_the_others(tmp_path):
    good = zlib.compress(b"BT /F1 12 Tf 72 720 Td (Fine) Tj ET")

    read = await extract(save(tmp_path, assemble([good, b"not deflated at all", good])), "pdf")

    assert [page.text for page in read.pages] == ["Fine", "", "Fine"]
    assert read.status == "ready"


async def test_a_pdf_that_eats_the_processor_is_ended(tmp_path):
    path = save(tmp_path, make_slow_pdf())
    assert path.stat().st_size < 100_000

    read = await extract(path, "pdf", limits=Limits(cpu_seconds=1))

    assert (read.status, read.pages) == ("unreadable", ())
    assert "too much computing time" in read.reason


async def test_pages_read_before_the_end_came_are_kept(tmp_path):
    first = zlib.compress(b"BT /F1 12 Tf 72 720 Td (Early) Tj ET")
    slow = zlib.compress(b"BT /F1 12 Tf " + b"(a) Tj " * 3_000_000 + b"ET")

    read = await extract(
        save(tmp_path, assemble([first, slow])), "pdf", limits=Limits(cpu_seconds=2)
    )

    assert (read.status, [page.text for page in read.pages]) == ("ready", ["Early"])
    assert "too much computing time. Only the first 1 pages were read." in read.reason


async def test_the_clock_ends_a_reading_too(tmp_path):
    path = save(tmp_path, make_slow_pdf())

    read = await extract(path, "pdf", limits=Limits(wall_seconds=1.0))

    assert read.reason == "Reading the file took too long."


async def test_a_pdf_that_unpacks_beyond_memory_is_ended(tmp_path):
    bomb = zlib.compress(b"\0" * 400_000_000, 9)

    read = await extract(
        save(tmp_path, assemble([bomb])), "pdf", limits=Limits(memory_bytes=200_000_000)
    )

    assert read.status == "unreadable"


async def test_too_much_output_is_refused(tmp_path):
    read = await extract(
        save(tmp_path, b"word " * 50_000), "text", limits=Limits(output_bytes=1000)
    )

    assert (read.status, read.reason) == ("unreadable", "The file holds too much to be read.")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
async def test_a_picture_is_ready_without_pages(tmp_path, kind):
    read = await extract(save(tmp_path, encoded(Image.new("RGB", (20, 10), "red"), kind)), "image")

    assert (read.status, read.reason, read.pages) == ("ready", "", ())


async def test_a_picture_of_too_many_pixels_is_refused_without_being_unpacked(tmp_path):
    bomb = encoded(Image.new("1", (9000, 9000)), "PNG")
    assert len(bomb) < 20_000

    read = await extract(save(tmp_path, bomb), "image")

    assert read.reason == "The image has more than 40 million pixels."


async def test_a_cut_picture_and_another_format_get_a_reason(tmp_path):
    whole = encoded(Image.effect_noise((200, 200), 50), "PNG")

    cut = await extract(save(tmp_path, whole[: len(whole) // 2]), "image")
    tiff = await extract(save(tmp_path, encoded(Image.new("RGB", (9, 9)), "TIFF")), "image")

    assert cut.reason == "The image is damaged and could not be read."
    assert tiff.reason == "The image is not a PNG, JPEG, WebP or GIF."


async def test_a_picture_for_a_model_is_small_upright_and_new(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "a secret description"
    data = encoded(Image.new("RGB", (4000, 2000), "blue"), "JPEG", exif=exif)

    media_type, small = await encode_for_model(save(tmp_path, data))

    assert media_type == "image/jpeg"
    assert Image.open(BytesIO(small)).size == (784, 1568)
    assert b"secret" not in small


async def test_a_transparent_picture_stays_transparent_while_it_is_small(tmp_path):
    small = encoded(Image.new("RGBA", (50, 50), (0, 0, 0, 0)), "PNG")
    noise = Image.merge("RGBA", [Image.effect_noise((1500, 1500), 90)] * 4)

    assert (await encode_for_model(save(tmp_path, small)))[0] == "image/png"
    assert (await encode_for_model(save(tmp_path, encoded(noise, "PNG"))))[0] == "image/jpeg"


async def test_a_broken_picture_for_a_model_raises_in_words(tmp_path):
    with pytest.raises(ValidationFailedError, match="The image is damaged"):
        await encode_for_model(save(tmp_path, b"\x89PNG\r\n\x1a\n" + b"x" * 50))


async def test_a_cancelled_reading_leaves_no_child_behind(tmp_path):
    others = child_pids()
    reading = asyncio.create_task(extract(save(tmp_path, make_slow_pdf()), "pdf"))
    for _ in range(1000):
        if children := child_pids() - others:
            break
        await asyncio.sleep(0.01)

    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading

    assert not children & child_pids()


def child_pids():
    return set(Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split())
