from django.contrib.auth import get_user_model
from rest_framework import serializers
from rest_framework.validators import UniqueValidator

from storefront.serializers import ModelSerializer, YesOrNoField

from ..models import Address, Customer

PROFILE = ["id", "user_id", "phone", "birth_date", "membership"]


class CustomerSerializer(ModelSerializer):
    name = serializers.CharField(
        read_only=True, help_text="First and last name, or the user name of who gave neither."
    )
    email = serializers.CharField(read_only=True)

    class Meta:
        model = Customer
        fields = [*PROFILE, "name", "email"]
        extra_kwargs = {"phone": {"required": True, "allow_blank": False}}


class CreateCustomerSerializer(CustomerSerializer):
    user_id = serializers.PrimaryKeyRelatedField(
        source="user",
        queryset=get_user_model().objects.all(),
        pk_field=serializers.IntegerField(),
        validators=[
            UniqueValidator(Customer.objects.all(), "This user already has a customer profile.")
        ],
        style={"base_template": "input.html", "input_type": "number"},
    )


class MyCustomerSerializer(ModelSerializer):
    accepts_marketing = YesOrNoField(
        required=False, help_text="Whether campaigns may write to you."
    )

    class Meta(CustomerSerializer.Meta):
        fields = [*PROFILE, "accepts_marketing"]
        read_only_fields = ["membership"]


class AddressFieldsSerializer(ModelSerializer):
    class Meta:
        model = Address
        fields = list(Address.FIELDS)
        extra_kwargs = {"zip": {"default": ""}}


class AddressSerializer(AddressFieldsSerializer):
    class Meta(AddressFieldsSerializer.Meta):
        fields = ["id", *Address.FIELDS]
