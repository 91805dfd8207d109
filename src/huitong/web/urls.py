"""Every page: each module of web/pages/ brings its own `urlpatterns`. Of allauth only what the house uses."""

from importlib import import_module
from pkgutil import iter_modules

from allauth.account import views as account
from django.urls import URLPattern, URLResolver, path, re_path

from huitong.web import pages

urlpatterns: list[URLPattern | URLResolver] = [
    path("account/sign-in", account.login, name="account_login"),
    path("account/sign-out", account.logout, name="account_logout"),
    path("account/inactive", account.account_inactive, name="account_inactive"),
    path("account/password", account.password_change, name="account_change_password"),
    path("account/password/new", account.password_set, name="account_set_password"),
    path("account/forgotten", account.password_reset, name="account_reset_password"),
    path("account/forgotten/sent", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^account/forgotten/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("account/forgotten/done", account.password_reset_from_key_done, name="account_reset_password_from_key_done"),
]
for _module in sorted(m.name for m in iter_modules(pages.__path__)):
    urlpatterns += import_module(f"{pages.__name__}.{_module}").urlpatterns

handler404 = "huitong.web.errors.not_found"
handler500 = "huitong.web.errors.server_error"
