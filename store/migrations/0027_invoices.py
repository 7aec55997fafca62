import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0026_order_tracking"),
    ]

    operations = [
        migrations.CreateModel(
            name="InvoiceCounter",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("series", models.CharField(max_length=30, unique=True)),
                ("last", models.PositiveIntegerField(default=0)),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Invoice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("invoice", "Invoice"), ("credit_note", "Credit note")],
                        default="invoice",
                        max_length=11,
                    ),
                ),
                ("turn", models.PositiveSmallIntegerField(default=1)),
                ("series", models.CharField(max_length=30)),
                ("position", models.PositiveIntegerField()),
                ("number", models.CharField(max_length=40, unique=True)),
                ("issued_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("currency", models.CharField(max_length=3)),
                ("net", models.DecimalField(decimal_places=2, max_digits=20)),
                ("tax", models.DecimalField(decimal_places=2, max_digits=20)),
                ("total", models.DecimalField(decimal_places=2, max_digits=20)),
                ("buyer", models.JSONField()),
                ("buyer_erased_at", models.DateTimeField(blank=True, null=True)),
                ("seller", models.JSONField()),
                ("content", models.JSONField()),
                (
                    "corrects",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="correction",
                        to="store.invoice",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invoices",
                        to="store.order",
                    ),
                ),
            ],
            options={
                "ordering": ["-issued_at", "-id"],
                "default_permissions": (),
                "indexes": [models.Index(fields=["issued_at", "id"], name="invoice_issued")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("series", "position"), name="invoice_number_once"
                    ),
                    models.UniqueConstraint(fields=("order", "turn"), name="invoice_turn_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("corrects", None), ("kind", "invoice")),
                            models.Q(("corrects__isnull", False), ("kind", "credit_note")),
                            _connector="OR",
                        ),
                        name="invoice_kind_known",
                    ),
                ],
            },
        ),
    ]
