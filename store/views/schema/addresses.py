from storefront.schema.resources import resource_schema

address_schema = resource_schema("addresses", one="an address", many="the addresses of the user")
