"""What a browser may do with an uploaded file: look at a picture, save anything else."""

from pathlib import PurePosixPath

from store.pictures.formats import FORMATS

PICTURE_TYPES = {
    f".{extension}": known.content_type
    for known in FORMATS.values()
    for extension in known.extensions
}
OTHER_TYPE = "application/octet-stream"
# A week: a name never gets other content, but who deletes a picture wants it gone some day.
CACHE_CONTROL = f"public, max-age={7 * 24 * 3600}"


def picture_type(name: str) -> str | None:
    """Return the content type of a picture by its name, None for what no browser may open."""
    return PICTURE_TYPES.get(PurePosixPath(name).suffix.lower())
