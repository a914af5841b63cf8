"""The fence between brands: PostgreSQL row-level security under a signed context.

`context` opens it, `operations` builds it in migrations, `models` is what a fenced table starts from, `catalogue`
reads it back from pg_catalog.
"""

from kernel.tenancy.context import ContextRefused, brand_context, current_brand, user_context

__all__ = ["ContextRefused", "brand_context", "current_brand", "user_context"]
