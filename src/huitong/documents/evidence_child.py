"""The process that makes pictures of a file: bytes in, a line of JSON and JPEGs out, within bounds of its own."""

import io
import json
import sys
from collections.abc import Iterator
from typing import Final

import pypdfium2 as pdfium
from PIL import Image, ImageOps

MEMORY: Final = 1_500_000_000  # bytes
PROCESSOR_SECONDS: Final = 20
MOST_PAGES: Final = 30
WIDEST: Final = 1600  # pixels
TALLEST: Final = 4000
SMALL: Final = 320
MOST_BYTES: Final = 20_000_000  # of one file's pictures
MOST_PIXELS: Final = 60_000_000
QUALITY: Final = 82
_FORMATS: Final = ("PNG", "JPEG", "GIF", "WEBP")


def main() -> None:
    _bound()
    content = sys.stdin.buffer.read()
    try:
        count, pictures = _of_pdf(content) if sys.argv[1] == "pdf" else (1, iter([_of_picture(content)]))
        rows, blobs = _jpegs(pictures)
    except _Refused as refused:
        sys.stdout.write(json.dumps({"refused": str(refused)}) + "\n")
        return
    out = sys.stdout.buffer
    out.write(json.dumps({"pages": rows, "left_out": count - len(rows)}).encode() + b"\n")
    out.write(b"".join(blobs))


def _jpegs(pictures: Iterator[Image.Image]) -> tuple[list[tuple[int, int, int, int]], list[bytes]]:
    """[(width, height, bytes, bytes of the small one)] and the bytes, until they are too many."""
    rows: list[tuple[int, int, int, int]] = []
    blobs: list[bytes] = []
    for picture in pictures:
        large, (width, height) = _jpeg(picture, WIDEST)
        small, _size = _jpeg(picture, SMALL)
        rows.append((width, height, len(large), len(small)))
        blobs += [large, small]
        if sum(map(len, blobs)) > MOST_BYTES:
            break
    return rows, blobs


class _Refused(Exception):
    pass


def _bound() -> None:
    try:
        import resource  # noqa: PLC0415 - there is none on Windows; there the parent's clock is the only bound
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _of_picture(content: bytes) -> Image.Image:
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise _Refused("heavy")
            opened.draft("RGB", (WIDEST * 2, TALLEST))
            return _plain(ImageOps.exif_transpose(opened))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise _Refused("broken") from None


def _of_pdf(content: bytes) -> tuple[int, Iterator[Image.Image]]:
    try:
        document = pdfium.PdfDocument(content)
    except pdfium.PdfiumError as error:
        raise _Refused("locked" if "password" in str(error).lower() else "broken") from None
    count = len(document)
    if not count:
        raise _Refused("broken")
    return count, (_page(document, number) for number in range(min(count, MOST_PAGES)))


def _page(document: pdfium.PdfDocument, number: int) -> Image.Image:
    try:
        page = document[number]
        width, height = page.get_size()
        scale = min(WIDEST / max(width, 1), TALLEST / max(height, 1), 4)
        picture = _plain(page.render(scale=scale).to_pil())
        page.close()
    except (pdfium.PdfiumError, ValueError):
        raise _Refused("broken") from None
    return picture


def _plain(picture: Image.Image) -> Image.Image:
    """Its pixels alone, on white."""
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        seen = picture.convert("RGBA")
        white = Image.new("RGB", seen.size, "white")
        white.paste(seen, mask=seen.getchannel("A"))
        return white
    return picture.convert("RGB")


def _jpeg(picture: Image.Image, widest: int) -> tuple[bytes, tuple[int, int]]:
    small = picture.copy()
    small.thumbnail((widest, TALLEST if widest > SMALL else SMALL * 2))
    out = io.BytesIO()
    # `info` would carry what the file said of itself: place, time, profile, thumbnail.
    small.info = {}
    small.save(out, "JPEG", quality=QUALITY)
    return out.getvalue(), small.size


if __name__ == "__main__":
    main()
