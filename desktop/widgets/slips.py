"""Telling what is wrong with a form in the place where it can be mended."""

from __future__ import annotations

from desktop.core.messages import Message, as_text
from desktop.widgets.banner import Banner
from desktop.widgets.form import Form


def tell_slip(message: Message, form: Form, banner: Banner) -> None:
    """Mark the field the message is about; it stands in the banner when it is about none of this form's."""
    if not form.mark(message.field, as_text(message)):
        banner.tell(message.text, message.to_do, tone=message.tone or "warn")
