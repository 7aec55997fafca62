"""What Django tells of by signals: deletions, and what relations to many gain and lose."""

from functools import partial
from typing import Any

from django.apps import apps
from django.db.models.signals import m2m_changed, pre_delete

from .models import Change
from .origins import is_recording
from .recording import RecordedModel, Told, save_changes, told_fields, write_changes


def record_deletion(sender: type[RecordedModel], instance: Any, using: str, **kwargs: Any) -> None:
    if not is_recording():
        return
    kept = sender.keeps_deleted_values
    values = {
        name: field.value_from_object(instance)
        for name, field in told_fields(sender).items()
        if kept or name == sender.told_at
    }
    told = Told(instance.pk, Change.Kind.DELETED, values, dict.fromkeys(values))
    write_changes(sender, using, [told])


def record_relations(
    field: Any,
    instance: Any,
    action: str,
    reverse: bool,
    pk_set: set[Any] | None,
    using: str,
    **kwargs: Any,
) -> None:
    """Record what a relation to many gained or lost, at both ends of it that are recorded."""
    if action not in ("post_add", "post_remove", "pre_clear") or not is_recording():
        return
    near, far = (
        (field.m2m_reverse_name(), field.m2m_column_name())
        if reverse
        else (field.m2m_column_name(), field.m2m_reverse_name())
    )
    if action == "pre_clear":
        links = field.remote_field.through._base_manager.using(using)
        pk_set = {*links.filter(**{near: instance.pk}).values_list(far, flat=True)}
    if not pk_set:
        return
    owners, others = ([instance.pk], sorted(pk_set))
    if reverse:
        owners, others = others, owners
    for model, name, keys, values in (
        (field.model, field.name, owners, others),
        (field.related_model, field.remote_field.get_accessor_name(), others, owners),
    ):
        if issubclass(model, RecordedModel) and name:
            pair = [[], values] if action == "post_add" else [values, []]
            changed = [
                Change(object_id=key, kind=Change.Kind.UPDATED, fields={name: pair}) for key in keys
            ]
            save_changes(model, using, changed)


def connect_recorded_models() -> None:
    for model in apps.get_models():
        if not issubclass(model, RecordedModel):
            continue
        pre_delete.connect(record_deletion, sender=model)
        for field in model._meta.many_to_many:
            m2m_changed.connect(
                partial(record_relations, field), sender=field.remote_field.through, weak=False
            )
