"""Every API that a library keeps to itself and the project uses, with what an upgrade may not change.

A row names the API, the module that uses it, its parameters, and who in the library calls it or reads it.
"""

from typing import NamedTuple


class Private(NamedTuple):
    name: str
    used_by: str
    # None: no function, an attribute of instances, or parameters that do not matter.
    parameters: str | None = None
    # Whose code names it: a library that calls it no longer would pass over what the project does there.
    called_by: str | None = None


MODEL = "django.db.models.base.Model"
QUERYSET = "django.db.models.query.QuerySet"
SQL = "django.db.models.sql"
FORM = "django.forms.forms.BaseForm"
MODEL_FORM = "django.forms.models.BaseModelForm"
FORMSET = "django.forms.models.BaseModelFormSet"
ADMIN = "django.contrib.admin.options.ModelAdmin"
ADMIN_SITE = "django.contrib.admin.sites.AdminSite"
CHANGE_LIST = "django.contrib.admin.views.main.ChangeList"
AUTOCOMPLETE = "django.contrib.admin.views.autocomplete.AutocompleteJsonView"
DATABASE = "django.db.backends.base.base.BaseDatabaseWrapper"
SQLITE = "django.db.backends.sqlite3"
ATOMIC = "django.db.transaction.Atomic"
SCHEMA = "drf_spectacular.openapi.AutoSchema"
JWT = "rest_framework_simplejwt.authentication.JWTAuthentication"
REDIS_POOL = "redis.connection.ConnectionPool"
REDIS = "redis.client.Redis"
GTHREAD = "gunicorn.workers.gthread.ThreadWorker"

TABLE = [
    # A save that writes what was assigned.
    Private(
        f"{MODEL}._save_table",
        "storefront.models",
        "self raw cls force_insert force_update using update_fields",
        f"{MODEL}.save_base",
    ),
    # Every write of a model that is recorded.
    Private(
        f"{MODEL}._save_table",
        "history.recording",
        "self raw cls force_insert force_update using update_fields",
        f"{MODEL}.save_base",
    ),
    Private(
        f"{MODEL}._do_update",
        "history.recording",
        "self base_qs using pk_val values update_fields forced_update",
        f"{MODEL}._save_table",
    ),
    # The tags of many products, taken away at once.
    Private(f"{QUERYSET}._raw_delete", "store_custom.tagging", "self using"),
    # What became of a write, told by the methods of a connection that transactions call.
    Private(f"{DATABASE}.savepoint", "storefront.pending_commits", "self", f"{ATOMIC}.__enter__"),
    *(
        Private(
            f"{DATABASE}.{name}", "storefront.pending_commits", parameters, f"{ATOMIC}.__exit__"
        )
        for name, parameters in {
            "savepoint_rollback": "self sid",
            "commit": "self",
            "rollback": "self",
            "close": "self",
        }.items()
    ),
    # Every write of a model that the catalogue shows.
    Private(
        f"{QUERYSET}._insert",
        "store.models.versions",
        "self objs fields returning_fields raw using on_conflict update_fields unique_fields",
        f"{MODEL}._do_insert",
    ),
    Private(f"{QUERYSET}._update", "store.models.versions", "self values", f"{MODEL}._do_update"),
    # A row that is read without the steps of its constructor.
    Private("django.db.models.base.ModelState", "storefront.models", None, f"{MODEL}.__init__"),
    # Rows that come with more than their columns.
    Private(f"{QUERYSET}._clone", "store.loading", "self", f"{QUERYSET}._chain"),
    Private(f"{QUERYSET}._fetch_all", "store.loading", "self", f"{QUERYSET}.__iter__"),
    Private(f"{QUERYSET}._result_cache", "store.loading", None, f"{QUERYSET}._fetch_all"),
    Private(f"{QUERYSET}._prefetch_done", "store.loading", None, f"{QUERYSET}._fetch_all"),
    Private(f"{QUERYSET}._iterable_class", "store.loading", None, f"{QUERYSET}._fetch_all"),
    Private(
        f"{QUERYSET}._prefetch_related_lookups", "store.loading", None, f"{QUERYSET}._fetch_all"
    ),
    # SQL that is compiled once.
    Private(
        "django.db.models.query.get_related_populators",
        "store.compiled.selects",
        "klass_info select db",
        "django.db.models.query.ModelIterable.__iter__",
    ),
    Private(
        f"{SQL}.query.Query.get_compiler",
        "store.compiled.selects",
        "self using connection elide_empty",
    ),
    Private(
        f"{SQL}.compiler.SQLCompiler.as_sql",
        "store.compiled.selects",
        "self with_limits with_col_aliases",
    ),
    Private(
        f"{SQL}.compiler.SQLCompiler.get_converters", "store.compiled.selects", "self expressions"
    ),
    Private(
        f"{SQL}.compiler.SQLCompiler.apply_converters",
        "store.compiled.selects",
        "self rows converters",
    ),
    Private(f"{SQL}.query.Query.chain", "store.compiled.writes", "self klass"),
    Private(
        f"{SQL}.subqueries.UpdateQuery.add_update_values", "store.compiled.writes", "self values"
    ),
    Private(
        f"{SQL}.subqueries.InsertQuery.insert_values",
        "store.compiled.inserts",
        "self fields objs raw",
    ),
    Private(f"{SQL}.compiler.SQLInsertCompiler.as_sql", "store.compiled.inserts", "self"),
    Private(f"{SQL}.where.WhereNode", "store.pagination.keys"),
    # The forms of the admin, which write what their person changed.
    Private(f"{FORM}._clean_fields", "storefront.admin.forms", "self", f"{FORM}.full_clean"),
    Private(f"{FORM}._post_clean", "storefront.admin.forms", "self", f"{FORM}.full_clean"),
    Private(f"{MODEL_FORM}._save_m2m", "storefront.admin.forms", "self", f"{MODEL_FORM}.save"),
    Private(
        f"{MODEL_FORM}._update_errors",
        "storefront.admin.forms",
        "self errors",
        f"{MODEL_FORM}._post_clean",
    ),
    Private(f"{FORMSET}._queryset", "storefront.admin.formsets", None, f"{FORMSET}.get_queryset"),
    # The site and the lists of the admin.
    Private(f"{ADMIN_SITE}._registry", "storefront.admin.sites", None, f"{ADMIN_SITE}.register"),
    Private(f"{ADMIN}._get_base_actions", "storefront.admin.sites", "self", f"{ADMIN}.get_actions"),
    Private(
        f"{ADMIN}._get_edited_object_pks",
        "storefront.admin.addresses",
        "self request prefix",
        f"{ADMIN}._get_list_editable_queryset",
    ),
    Private(
        f"{AUTOCOMPLETE}.process_request",
        "storefront.admin.addresses",
        "self request",
        f"{AUTOCOMPLETE}.get",
    ),
    Private(
        f"{CHANGE_LIST}.get_filters",
        "storefront.admin.addresses",
        "self request",
        f"{CHANGE_LIST}.get_queryset",
    ),
    Private(
        f"{CHANGE_LIST}.get_queryset",
        "storefront.admin.addresses",
        "self request exclude_parameters",
        f"{CHANGE_LIST}.__init__",
    ),
    Private(
        f"{CHANGE_LIST}.get_results",
        "storefront.admin.addresses",
        "self request",
        f"{CHANGE_LIST}.__init__",
    ),
    Private(
        f"{CHANGE_LIST}.get_ordering",
        "store.admin.lists",
        "self request queryset",
        f"{CHANGE_LIST}.get_queryset",
    ),
    Private("django.contrib.admin.views.main.ChangeListSearchForm", "storefront.admin.addresses"),
    Private("django.contrib.admin.views.main.ERROR_FLAG", "storefront.admin.addresses"),
    Private("django.contrib.admin.views.main.SEARCH_VAR", "storefront.admin.addresses"),
    Private("django.contrib.admin.views.main.ORDER_VAR", "store.admin.lists"),
    Private("django.contrib.admin.options.IncorrectLookupParameters", "storefront.admin.addresses"),
    Private("django.contrib.admin.utils.model_ngettext", "storefront.admin.actions", "obj n"),
    Private("django.contrib.admin.utils.quote", "store.admin.deletion", "s"),
    Private(
        "django.contrib.admin.templatetags.admin_urls.add_preserved_filters",
        "store.admin.order_moves",
        "context url popup to_field",
    ),
    # SQLite: waits for the write lock, large sums, and integers that do not fit.
    Private(
        f"{SQLITE}.base.DatabaseWrapper.create_cursor",
        "storefront.sqlite3.base",
        "self name",
        f"{DATABASE}._cursor",
    ),
    Private(
        f"{SQLITE}.base.SQLiteCursorWrapper.execute",
        "storefront.sqlite3.base",
        "self query params",
        "django.db.backends.utils.CursorWrapper._execute",
    ),
    Private(
        f"{SQLITE}.base.FORMAT_QMARK_REGEX",
        "storefront.sqlite3.base",
        None,
        f"{SQLITE}.base.SQLiteCursorWrapper.convert_query",
    ),
    Private(
        f"{SQLITE}.operations.DatabaseOperations.get_decimalfield_converter",
        "storefront.sqlite3.base",
        "self expression",
        f"{SQLITE}.operations.DatabaseOperations.get_db_converters",
    ),
    # People: hashes of old kinds, and tokens.
    Private(
        "django.contrib.auth.hashers.verify_password",
        "core.models.users",
        "password encoded preferred",
        "django.contrib.auth.hashers.check_password",
    ),
    Private(f"{JWT}.get_raw_token", "core.authentication", "self header", f"{JWT}.authenticate"),
    Private(
        f"{JWT}.get_validated_token",
        "core.authentication",
        "self raw_token",
        f"{JWT}.authenticate",
    ),
    Private("rest_framework_simplejwt.utils.aware_utcnow", "core.authentication", ""),
    Private("rest_framework.request.is_form_media_type", "core.authentication", "media_type"),
    # The document of the API.
    Private(
        f"{SCHEMA}._get_paginator",
        "storefront.schema.openapi",
        "self",
        f"{SCHEMA}._get_response_for_code",
    ),
    Private(
        f"{SCHEMA}._is_list_view",
        "storefront.schema.openapi",
        "self serializer",
        f"{SCHEMA}._get_response_for_code",
    ),
    Private(
        f"{SCHEMA}._get_response_for_code",
        "storefront.schema.openapi",
        "self serializer status_code media_types direction",
        f"{SCHEMA}._get_response_bodies",
    ),
    Private(
        f"{SCHEMA}._get_request_body",
        "storefront.schema.openapi",
        "self direction",
        f"{SCHEMA}.get_operation",
    ),
    Private("drf_spectacular.plumbing.get_doc", "storefront.schema.openapi", "obj"),
    Private(
        f"{SCHEMA}._get_request_for_media_type",
        "storefront.schema.openapi",
        "self serializer direction",
        f"{SCHEMA}._get_request_body",
    ),
    Private(
        "drf_spectacular.drainage.get_override", "storefront.schema.openapi", "obj prop default"
    ),
    Private("drf_spectacular.plumbing.force_instance", "storefront.schema.openapi"),
    Private("drf_spectacular.plumbing.ResolvedComponent", "storefront.schema.responses"),
    Private("drf_spectacular.plumbing.ComponentRegistry", "storefront.schema.responses"),
    Private("drf_spectacular.plumbing.get_lib_doc_excludes", "storefront.schema.documents", ""),
    Private(
        "drf_spectacular.contrib.django_filters.DjangoFilterExtension.resolve_filter_field",
        "storefront.schema.filters",
        "self auto_schema model filterset_class field_name filter_field",
        "drf_spectacular.contrib.django_filters.DjangoFilterExtension.get_schema_operation_parameters",
    ),
    Private(
        "rest_framework.request.Request._request",
        "storefront.preconditions",
        called_by="rest_framework.request.Request.__init__",
    ),
    Private("rest_framework.request.clone_request", "storefront.schema.metadata", "request method"),
    # The cache, which asks nothing of a Redis that is away.
    Private(
        f"{REDIS_POOL}.get_connection",
        "storefront.caches.redis",
        None,
        f"{REDIS}._execute_command",
    ),
    Private(
        f"{REDIS_POOL}.release",
        "storefront.caches.redis",
        "self connection",
        f"{REDIS}._execute_command",
    ),
    *(
        Private(
            f"{GTHREAD}.{name}",
            "storefront.web_server.worker",
            parameters,
            by and f"{GTHREAD}.{by}",
        )
        for name, parameters, by in [
            ("accept", "self listener", "set_accept_enabled"),
            # Called, not replaced.
            ("handle", "self conn", None),
            ("handle_request", "self req conn", "handle"),
            ("_keepalive_after", "self conn keepalive", "handle"),
            ("_cap_keepalive", "self deadline", "run"),
            ("murder_keepalived", "self force", "run"),
            ("murder_pending", "self", "run"),
            ("wait_for_and_dispatch_events", "self timeout", "run"),
        ]
    ),
    Private(
        "gunicorn.http.message.HeaderPolicy._expected_100_continue",
        "storefront.web_server.worker",
        called_by="gunicorn.http.wsgi.create",
    ),
    Private(
        "gunicorn.glogging.Logger.access",
        "storefront.logs.access_log",
        "self resp req environ request_time",
        "gunicorn.workers.gthread.ThreadWorker.handle_request",
    ),
]
