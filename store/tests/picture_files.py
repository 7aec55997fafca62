"""Picture files with what nobody should learn from them."""

from io import BytesIO
from typing import Any

from PIL import ExifTags, Image, ImageCms, ImageSequence
from PIL.PngImagePlugin import PngInfo

SECRET = b"where-it-was-taken"
XMP = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>" + SECRET + b"</x:xmpmeta>"
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
# What is behind the end of a picture may be another file, such as a page.
TRAIL = b"<script>" + SECRET + b"</script>"


def drawn(number: int = 0, mode: str = "RGB") -> Image.Image:
    image = Image.linear_gradient("L").resize((24, 16)).convert(mode)
    image.paste("red", (number, 0, number + 6, 6))
    if mode == "RGBA":
        image.putalpha(Image.radial_gradient("L").resize(image.size))
    return image


def encoded(image_format: str, image: Image.Image | None = None, **options: Any) -> bytes:
    content = BytesIO()
    (image or drawn()).save(content, image_format, **options)
    return content.getvalue()


def exif(orientation: int) -> bytes:
    data = Image.Exif()
    data[ExifTags.Base.Orientation] = orientation
    data[ExifTags.Base.Artist] = SECRET.decode()
    data[ExifTags.IFD.GPSInfo] = {1: "N", 2: (52.0, 31.0, 12.0), 29: SECRET.decode()}
    return data.tobytes()


def texts() -> PngInfo:
    info = PngInfo()
    info.add_text("Comment", SECRET.decode())
    info.add_itxt("XML:com.adobe.xmp", XMP.decode())
    return info


def animation() -> dict[str, Any]:
    frames = [drawn(number) for number in (6, 12)]
    return {"save_all": True, "append_images": frames, "duration": [50, 70, 90], "loop": 2}


def secretive() -> dict[str, bytes]:
    """Return files by name, whose first word is their extension."""
    found = {"exif": exif(6), "xmp": XMP, "icc_profile": PROFILE}
    clear = drawn(mode="RGBA")
    return {
        "jpg": encoded("JPEG", **found, comment=SECRET) + TRAIL,
        "jpg of many": encoded("MPO", save_all=True, append_images=[drawn(3)], exif=exif(3)),
        "png": encoded("PNG", clear, exif=exif(6), icc_profile=PROFILE, pnginfo=texts()) + TRAIL,
        "png animated": encoded("PNG", **animation(), pnginfo=texts()),
        "webp": encoded("WEBP", clear, **found) + TRAIL,
        "webp animated": encoded("WEBP", **animation(), **found),
        "gif animated": encoded("GIF", **animation(), comment=SECRET) + TRAIL,
        "avif": encoded("AVIF", clear, **found),
        "avif animated": encoded("AVIF", **animation()) + TRAIL,
        "bmp": encoded("BMP") + TRAIL,
    }


def shown(content: bytes) -> list[tuple[Any, ...]]:
    """Return what a browser makes of a file: its pictures, their time, how they lie, their colours."""
    with Image.open(BytesIO(content)) as image:
        orientation = image.getexif().get(ExifTags.Base.Orientation, 1)
        rest = (image.info.get("loop"), orientation, image.info.get("icc_profile"))
        frames = [image] if image.format == "MPO" else ImageSequence.Iterator(image)
        return [(f.convert("RGBA").tobytes(), f.info.get("duration"), *rest) for f in frames]


def plain(size: tuple[int, int], colour: Any = "teal", mode: str = "RGB") -> Image.Image:
    return Image.new(mode, size, colour)
