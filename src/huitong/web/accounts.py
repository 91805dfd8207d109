"""Accounts by allauth: by the organiser's invitation only; its mails go through the outbox."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huitong.delivery import outbox
from huitong.records.models import Person


class Adapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": gettext_lazy("邮箱或密码不对，请再看一眼。"),
        "too_many_login_attempts": gettext_lazy("试错太多次了。过五分钟再来，或点“忘了密码”重设。"),
        "incorrect_password": gettext_lazy("密码不对，请再看一眼。"),
        "enter_current_password": gettext_lazy("现在的密码不对，请再看一眼。"),
        "rate_limited": gettext_lazy("短时间里试得太多了。过几分钟再来。"),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Only the reset of a password is mailed; to an address without an account nothing is."""
        person = Person.objects.filter(user__email__iexact=email).first()
        if person is None or "password_reset_url" not in context:
            return
        path = context["password_reset_url"].removeprefix(settings.ADDRESS)
        path = "/" + path.split("/", 3)[-1] if "://" in path else path
        letter = outbox.Letter(
            title=_("重设会同的密码"),
            before=[_("有人请求重设您的密码。如果是您本人，请打开下面的链接；不是您，不必理会，密码不会改变。")],
            invite=_("在这里设新密码："),
            page=path,
        )
        with transaction.atomic():
            outbox.put("password", person, letter, key=f"password:{path}")
