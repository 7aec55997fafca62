from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("store", "0008_wider_amounts_and_stock")]

    operations = [migrations.RenameField("version", "stamp", "value")]
