from storefront.schema.resources import resource_schema

review_schema = resource_schema("reviews", one="a review", many="the reviews of a product")
