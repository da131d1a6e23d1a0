"""Small PDFs made by hand, for tests."""

from __future__ import annotations

import zlib
from io import BytesIO
from typing import TYPE_CHECKING

from pypdf import PdfReader, PdfWriter

if TYPE_CHECKING:
    from collections.abc import Sequence


def make_pdf(pages: Sequence[str]) -> bytes:
    """Return a PDF with one line of Latin text a page; an empty text makes a page without any, as in a scan."""
    contents = [f"BT /F1 12 Tf 72 720 Td ({page}) Tj ET" if page else "" for page in pages]
    return assemble([zlib.compress(content.encode("latin-1")) for content in contents])


def make_slow_pdf(operations: int = 3_000_000) -> bytes:
    """Return a small PDF whose only page takes its reader very long."""
    return assemble([zlib.compress(b"BT /F1 12 Tf " + b"(a) Tj " * operations + b"ET", 9)])


def assemble(streams: Sequence[bytes]) -> bytes:
    """Return a PDF whose pages have these deflated content streams."""
    kids = " ".join(f"{4 + 2 * index} 0 R" for index in range(len(streams)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(streams)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for index, stream in enumerate(streams):
        font = "/Resources << /Font << /F1 3 0 R >> >> /MediaBox [0 0 612 792]"
        objects.append(
            f"<< /Type /Page /Parent 2 0 R {font} /Contents {5 + 2 * index} 0 R >>".encode()
        )
        head = f"<< /Length {len(stream)} /Filter /FlateDecode >>\nstream\n".encode()
        objects.append(head + stream + b"\nendstream")
    data, offsets = b"%PDF-1.7\n", list[int]()
    for number, body in enumerate(objects, start=1):
        offsets.append(len(data))
        data += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    size = len(objects) + 1
    trailer = f"trailer << /Size {size} /Root 1 0 R >>\nstartxref\n{len(data)}\n%%EOF\n"
    return data + f"xref\n0 {size}\n0000000000 65535 f \n{table}".encode() + trailer.encode()


def encrypt(data: bytes, *, user_password: str) -> bytes:
    """Return the PDF encrypted with AES-256; an empty password opens everywhere but is encrypted all the same."""
    writer = PdfWriter(clone_from=PdfReader(BytesIO(data)))
    writer.encrypt(user_password, owner_password="owner", algorithm="AES-256")
    target = BytesIO()
    writer.write(target)
    return target.getvalue()
