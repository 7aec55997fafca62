"""The OpenAPI document as it is sent: the same for everybody, and built once in a process."""

from collections.abc import Iterator
from functools import cache
from hashlib import blake2b
from threading import Lock
from typing import Any, NamedTuple

from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.plumbing import get_lib_doc_excludes
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer
from rest_framework.serializers import BaseSerializer


class Document(NamedTuple):
    content: bytes
    etag: str


OF_BASES = ("storefront.", "djoser.", "rest_framework")
DOCUMENTS: dict[str, Document] = {}
# Half a second of processor time: those who ask meanwhile wait for the one that builds it.
BUILDING = Lock()


def document(format_name: str) -> Document:
    """Return the document of this process's release as `json` or `yaml`."""
    if format_name not in DOCUMENTS:
        with BUILDING:
            if not DOCUMENTS:
                DOCUMENTS.update(built_documents())
    return DOCUMENTS[format_name]


def built_documents() -> dict[str, Document]:
    schema = SchemaGenerator().get_schema(request=None, public=True)
    contents = {
        renderer.format: renderer().render(schema)
        for renderer in (OpenApiYamlRenderer, OpenApiJsonRenderer)
    }
    return {
        name: Document(content, f'"{blake2b(content, digest_size=16).hexdigest()}"')
        for name, content in contents.items()
    }


@cache
def undocumented_bases() -> list[type]:
    """Return the classes whose docstrings describe no schema: bases of the serializers, of ours and of libraries."""
    bases: list[type] = list(descendants(BaseSerializer))
    ours = [each for each in bases if each.__module__.startswith(OF_BASES)]
    return [*get_lib_doc_excludes(), *ours]


def descendants(base: type[Any]) -> Iterator[type[Any]]:
    for each in base.__subclasses__():
        yield each
        yield from descendants(each)
