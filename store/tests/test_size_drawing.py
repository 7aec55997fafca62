"""How the sizes of a picture are drawn."""

from io import BytesIO
from typing import Any

import pytest
from PIL import Image, ImageCms

from store.pictures import sizes as pictures
from store.pictures.errors import UnreadablePicture
from store.pictures.sizes import EXTENSIONS, WIDTHS, make_sizes

from .picture_files import SECRET, encoded, exif, plain, secretive


def made(content: bytes, label: str = "thumbnail", extension: str = "webp") -> Image.Image:
    file = make_sizes(content).files[label, extension]
    assert file
    return Image.open(BytesIO(file))


def is_near(pixel: Any, colour: tuple[int, ...]) -> bool:
    return all(abs(a - b) < 8 for a, b in zip(pixel, colour, strict=True))


@pytest.mark.once
class TestMaking:
    def test_each_is_as_wide_as_its_name_says_in_both_formats(self) -> None:
        found = make_sizes(encoded("JPEG", plain((2000, 1500))))

        assert found[:2] == (2000, 1500)
        assert found.text == "160x120a 320x240a 640x480a 1280x960a"
        for (label, extension), content in found.files.items():
            with Image.open(BytesIO(content or b"")) as image:
                assert (image.format or "").lower() == extension
                assert image.size == (WIDTHS[label], WIDTHS[label] * 3 // 4)

    @pytest.mark.parametrize(
        ("size", "text"),
        [
            ((500, 100), "160x32a 320x64a 500x100a 500x100a"),
            ((160, 90), "160x90a 160x90a 160x90a 160x90a"),
            ((1, 1), "1x1a 1x1a 1x1a 1x1a"),
            ((3000, 1), "160x1a 320x1a 640x1a 1280x1a"),
            # A WebP file holds no more than that.
            ((10, 20_000), "8x16383a 8x16383a 8x16383a 8x16383a"),
        ],
    )
    def test_none_is_larger_than_the_original(self, size: tuple[int, int], text: str) -> None:
        assert make_sizes(encoded("PNG", plain(size))).text == text

    @pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP", "AVIF"])
    def test_all_are_upright(self, image_format: str) -> None:
        image = plain((400, 200), "red")
        image.paste("blue", (0, 0, 200, 200))

        content = encoded(image_format, image, exif=exif(6))

        assert make_sizes(content)[:2] == (200, 400)
        shown = made(content)
        assert shown.size == (160, 320)
        assert is_near(shown.getpixel((80, 20)), (0, 0, 255))
        assert is_near(shown.getpixel((80, 300)), (255, 0, 0))

    @pytest.mark.parametrize(
        ("image", "options", "pixel"),
        [
            (plain((300, 100), (0, 0, 255, 0), "RGBA"), {}, 0),
            (plain((300, 100), (200, 100), "LA"), {}, 100),
            (plain((300, 100), 0).quantize(), {"transparency": 0}, 0),
            (plain((300, 100), (9, 9, 9)), {"transparency": (9, 9, 9)}, 0),
        ],
        ids=["RGBA", "grey", "palette", "one colour"],
    )
    def test_what_is_transparent_stays_so(self, image: Any, options: Any, pixel: int) -> None:
        content = encoded("PNG", image, **options)

        for extension in EXTENSIONS:
            shown: Any = made(content, extension=extension).getpixel((50, 20))
            assert shown[3] == pytest.approx(pixel, abs=2)

    def test_an_alpha_channel_without_use_is_left_out(self) -> None:
        assert made(encoded("PNG", plain((9, 9), (1, 2, 3, 255), "RGBA"))).mode == "RGB"

    @pytest.mark.parametrize(
        ("image_format", "image", "colour"),
        [
            ("JPEG", plain((300, 200), (255, 0, 0, 0), "CMYK"), (0, 255, 255)),
            ("PNG", plain((300, 200), 40_000, "I;16"), (156, 156, 156)),
            ("PNG", plain((300, 200), 1, "1"), (255, 255, 255)),
            ("GIF", plain((300, 200), (255, 0, 0)), (255, 0, 0)),
            ("BMP", plain((300, 200), (0, 128, 0)), (0, 128, 0)),
        ],
        ids=["CMYK", "16 bits", "1 bit", "palette", "BMP"],
    )
    def test_colours_stay(self, image_format: str, image: Any, colour: tuple[int, ...]) -> None:
        shown = made(encoded(image_format, image))

        assert shown.mode == "RGB"
        assert is_near(shown.getpixel((80, 50)), colour)

    def test_a_colour_profile_is_applied(self) -> None:
        # Green and red change places in it.
        profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
        red, green = profile.find(b"rXYZ"), profile.find(b"gXYZ")
        swapped = bytearray(profile)
        swapped[red : red + 4], swapped[green : green + 4] = b"gXYZ", b"rXYZ"
        content = encoded("PNG", plain((300, 200), (255, 0, 0)), icc_profile=bytes(swapped))

        shown = made(content)

        assert is_near(shown.getpixel((80, 50)), (0, 255, 0))
        assert "icc_profile" not in shown.info

    @pytest.mark.parametrize("mode", ["L", "RGB"])
    def test_a_broken_or_unfit_profile_is_ignored(self, mode: str) -> None:
        profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
        for broken in (b"no profile", profile[:200], profile if mode == "L" else b""):
            content = encoded("JPEG", plain((30, 20)).convert(mode), icc_profile=broken)
            assert made(content).size == (30, 20)

    @pytest.mark.parametrize("image_format", ["GIF", "WEBP", "PNG", "AVIF"])
    def test_of_an_animation_the_first_frame_is_shown(self, image_format: str) -> None:
        content = encoded(
            image_format,
            plain((300, 200), "red"),
            save_all=True,
            append_images=[plain((300, 200), "blue")],
            duration=50,
        )

        shown = made(content)

        assert getattr(shown, "n_frames", 1) == 1
        assert is_near(shown.convert("RGB").getpixel((80, 50)), (255, 0, 0))

    def test_nothing_of_the_metadata_is_left(self) -> None:
        for content in secretive().values():
            assert not any(SECRET in (file or b"") for file in make_sizes(content).files.values())

    @pytest.mark.parametrize(
        "content",
        [b"", b"only text", encoded("PNG", plain((90, 90)))[:60], b"<svg/>"],
        ids=["empty", "text", "cut off", "svg"],
    )
    def test_what_cannot_be_read_is_refused(self, content: bytes) -> None:
        with pytest.raises(UnreadablePicture):
            make_sizes(content)

    def test_what_unpacks_to_too_much_is_refused(self, monkeypatch: Any) -> None:
        monkeypatch.setattr(pictures, "MAX_IMAGE_PIXELS", 99)
        with pytest.raises(UnreadablePicture, match="too much"):
            make_sizes(encoded("PNG", plain((10, 10))))

    def test_avif_ends_where_it_takes_too_long(self, monkeypatch: Any) -> None:
        costs = {160: 0.1, 320: 0.5, 640: 1.0, 1280: 0.0}
        encode = pictures.encoded
        speeds = {}

        def encoded_at_a_cost(image: Any, **options: Any) -> tuple[bytes, float]:
            if options["format"] == "AVIF":
                speeds[image.width] = options["speed"]
            return encode(image, **options)[0], costs[image.width]

        monkeypatch.setattr(pictures, "encoded", encoded_at_a_cost)
        found = make_sizes(encoded("PNG", plain((2000, 1000))))

        assert found.text == "160x80a 320x160a 640x320 1280x640"
        assert found.files["medium", "avif"] is None
        # What was likely to take too long was tried at a higher speed; a larger one was not tried.
        assert speeds == {160: 6, 320: 6, 640: 8}
