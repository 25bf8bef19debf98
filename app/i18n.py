"""Languages, times and amounts as people read them. Our own words are gettext's; names of people and departments carry theirs."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from babel.dates import format_date, format_datetime, format_time
from babel.numbers import format_currency, format_decimal
from flask import Flask, g, request
from flask_babel import Babel, get_locale

from app.services import services
from app.words import gettext, ngettext

if TYPE_CHECKING:
    from engine import Department, Person, Role

LANGUAGES = ("zh", "en")
COOKIE = "crossdesk-language"
_MINUTE, _HOUR = 60, 3600
_KIBIBYTE = 1024
_MANY_DAYS = 6  # from here on the date says more than "in 9 days"


def set_up(app: Flask) -> None:
    """Give an application its languages and filters."""
    Babel(
        app,
        locale_selector=choose_language,
        timezone_selector=lambda: str(services().settings.zone),
        default_translation_directories="translations",
    )
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.filters.update(
        moment=show_moment,
        day=show_day,
        short_day=show_short_day,
        ago=show_ago,
        span=show_span,
        remaining=show_remaining,
        money=show_money,
        number=show_number,
        named=show_name,
    )


def choose_language() -> str:
    """What the person chose here, else what stands with the person, else what the browser asks for; Chinese failing all."""
    chosen = request.cookies.get(COOKIE)
    if chosen in LANGUAGES:
        return chosen
    person: Person | None = getattr(g, "person", None)
    if person and person.language in LANGUAGES:
        return person.language
    return request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]


def language() -> str:
    """`zh` or `en`, for the current request."""
    return str(get_locale() or LANGUAGES[0]).partition("_")[0]


def show_name(noun: Person | Department | Role) -> str:
    """The name of a person, department or role in the language of the page."""
    return noun.name_zh if language() == "zh" and noun.name_zh else noun.name


def now() -> datetime:
    """The business's time, in the company's zone."""
    return local(services().clock.now())


def local(moment: datetime) -> datetime:
    """A moment in the company's zone."""
    return moment.astimezone(services().settings.zone)


def show_moment(moment: datetime | None) -> str:
    """A moment near today in words, others by their date: `today 15:30`, `yesterday 08:32`, `4 Dec 09:00`."""
    if moment is None:
        return ""
    here, today = local(moment), now().date()
    clock = format_time(here, "HH:mm", locale=get_locale())
    near = {
        -1: gettext("yesterday %(time)s", time=clock),
        0: gettext("today %(time)s", time=clock),
        1: gettext("tomorrow %(time)s", time=clock),
    }
    days = (here.date() - today).days
    return near.get(days) or f"{_short_date(here.date(), today)} {clock}"


def show_exact(moment: datetime) -> str:
    """A moment in full, for the hint that appears under the pointer."""
    pattern = "y年M月d日 EEE HH:mm" if language() == "zh" else "EEEE d MMMM y HH:mm"
    return format_datetime(local(moment), pattern, locale=get_locale(), tzinfo=None)


def show_day(day: date) -> str:
    """A day in full: `Friday 4 December 2026`."""
    return day_in(day, language())


def day_in(day: date, wanted: str) -> str:
    """A day in full in a language: `2026年12月4日 周五`."""
    is_chinese = wanted.startswith("zh")
    return format_date(day, "y年M月d日 EEE" if is_chinese else "EEEE d MMMM y", locale="zh" if is_chinese else "en")


def show_short_day(day: date) -> str:
    """A day for a column of a list: `31 Dec 2027`."""
    return format_date(day, "y年M月d日" if language() == "zh" else "d MMM y", locale=get_locale())


def show_near_day(day: date) -> str:
    """A day for a narrow column: `4 May`, with the year where that is another one."""
    return _short_date(day, now().date())


def show_span(span: timedelta) -> str:
    """A length of time in its two largest units: `1 d 3 h`, `40 min`."""
    minutes = int(span.total_seconds() // _MINUTE)
    days, hours = minutes // 1440, minutes % 1440 // 60
    if days:
        return (
            gettext("%(days)s d %(hours)s h", days=days, hours=hours) if hours and days < _MANY_DAYS else gettext("%(days)s d", days=days)
        )
    if hours:
        return gettext("%(hours)s h", hours=hours)
    return gettext("%(minutes)s min", minutes=max(minutes, 1))


def show_ago(moment: datetime) -> str:
    """How long a moment is past."""
    return show_span(max(services().clock.now() - moment, timedelta(0)))


def show_remaining(due: datetime) -> str:
    """What is left until a deadline, short: `2 h late`, `today 15:30`, `3 d`."""
    left = due - services().clock.now()
    if left < timedelta(0):
        return gettext("%(span)s late", span=show_span(-left))
    days = (local(due).date() - now().date()).days
    return show_moment(due) if days == 0 else gettext("%(days)s d", days=days)


def show_money(amount: object, currency: str | None = None) -> str:
    """An amount with its currency and two digits."""
    value = _decimal(amount)
    if value is None:
        return str(amount)
    code = currency or services().settings.currency
    return format_currency(value, code, "¤#,##0.00;-¤#,##0.00", locale="zh" if code == "CNY" else get_locale())


def show_number(value: object) -> str:
    """A number, with separators and no more digits than it has."""
    number = _decimal(value)
    return str(value) if number is None else format_decimal(number, "#,##0.######", locale=get_locale())


def show_size(count: int) -> str:
    """How large a file is: `820 B`, `12 KB`, `1.2 MB`."""
    if count < _KIBIBYTE:
        return f"{count} B"
    if count < _KIBIBYTE * _KIBIBYTE:
        return f"{show_number(Decimal(count) // _KIBIBYTE)} KB"
    return f"{show_number((Decimal(count) / (_KIBIBYTE * _KIBIBYTE)).quantize(Decimal('0.1')))} MB"


def plural_cases(count: int) -> str:
    """`1 case`, `4 cases`."""
    return ngettext("%(num)s case", "%(num)s cases", count)


def _decimal(value: object) -> Decimal | None:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def _short_date(day: date, today: date) -> str:
    if language() == "zh":
        return format_date(day, "M月d日" if day.year == today.year else "y年M月d日", locale="zh")
    return format_date(day, "d MMM" if day.year == today.year else "d MMM y", locale=get_locale())
