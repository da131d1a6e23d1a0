import pytest

from babble_app.errors import UnsupportedFileError, ValidationFailedError
from babble_app.retrieval.file_types import classify, looks_like_text

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
WEBP = b"RIFF\x10\0\0\0WEBPVP8 "


@pytest.mark.parametrize(
    ("name", "head", "kind", "media_type"),
    [
        ("notes.txt", b"hello", "text", "text/plain"),
        ("Notes.MD", b"# hi", "text", "text/markdown"),
        ("a.csv", "städte,größe\n".encode("latin-1"), "text", "text/csv"),
        ("data.json", b"\xef\xbb\xbf{}", "text", "application/json"),
        ("utf16.txt", "hallo".encode("utf-16"), "text", "text/plain"),
        ("Dockerfile", b"FROM debian", "text", "text/plain"),
        ("dir/Makefile", b"all:", "text", "text/plain"),
        ("page.html", b"<script>alert(1)</script>", "text", "text/plain"),
        ("logo.svg", b"<svg onload='x'/>", "text", "text/plain"),
        ("trick.js", b"GIF89a=1;alert(1)", "text", "text/plain"),
        ("doc.pdf", b"%PDF-1.7\n", "pdf", "application/pdf"),
        ("late.pdf", b"\n\n%PDF-1.4\n", "pdf", "application/pdf"),
        ("a.png", PNG, "image", "image/png"),
        ("renamed.jpg", WEBP, "image", "image/webp"),
        ("a.JPEG", b"\xff\xd8\xff\xe0", "image", "image/jpeg"),
        ("a.gif", b"GIF87a..", "image", "image/gif"),
    ],
)
def test_a_file_is_classified_by_its_name_and_its_content(name, head, kind, media_type):
    assert classify(name, head) == (kind, media_type)


@pytest.mark.parametrize(
    ("name", "head", "words"),
    [
        ("setup.exe", b"MZ\x90\0", "Files of the type .exe cannot be used"),
        ("archive.tar.gz", b"\x1f\x8b", ".gz"),
        ("noextension", b"hello", "Files without an extension"),
        ("photo.heic", b"\0\0\0\x18ftypheic", ".heic"),
        ("a.txt", b"MZ\x90\0\x03\0", "its content is not text"),
        ("a.txt", b"%PDF-1.7\n", "its content looks like a PDF"),
        ("a.csv", PNG, "its content looks like a PNG image"),
        ("a.pdf", b"hello", "its content is not a PDF"),
        ("a.png", b"<svg/>", "its content is not an image"),
        ("a.png", b"%PDF-1.7", "its content looks like a PDF"),
        ("x" * 9000 + ".png", b"hello", "…"),
    ],
)
def test_a_refused_file_is_told_why_and_what_is_accepted(name, head, words):
    with pytest.raises(UnsupportedFileError) as caught:
        classify(name, head)

    assert words in str(caught.value)
    assert "Accepted are text, Markdown, code, CSV, JSON, YAML" in str(caught.value)
    assert len(str(caught.value)) < 400


def test_an_empty_file_is_refused_whatever_its_name():
    for name in ("a.txt", "a.pdf", "a.exe"):
        with pytest.raises(ValidationFailedError, match="The file is empty"):
            classify(name, b"")


def test_every_script_looks_like_text_and_zero_bytes_do_not():
    assert looks_like_text("日本語\r\n\tهذا \x1b[0m".encode())
    assert looks_like_text("žluťoučký".encode("cp1250"))
    assert not looks_like_text(b"abc\0def")
