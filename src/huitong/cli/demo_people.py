"""The people of the sample organisation, and their calendars."""

from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.utils import timezone

from huitong.directory import sample
from huitong.directory.calendars import FILE, note_taking
from huitong.records.models import Busy, Calendar, Department, Person, User

ZONE: Final = ZoneInfo("Asia/Shanghai")

# name, title, form of address, department, mail, leader's mail, language
PEOPLE: Final = (
    ("高大例", "市场总监", "高总", "市场部", "gao", "", "zh"),
    ("许小样", "活动策划", "", "市场部", "xu", "gao", "zh"),
    ("田样文", "文案", "", "市场部", "tian", "gao", "zh"),
    ("方例会", "渠道主管", "", "市场部", "fang", "gao", "zh"),
    ("王示范", "采购部经理", "王经理", "采购部", "wang", "", "zh"),
    ("李试用", "采购工程师", "李工", "采购部", "li", "wang", "zh"),
    ("赵样单", "采购专员", "", "采购部", "zhao", "wang", "zh"),
    ("郑演示", "信息部部长", "郑部长", "信息部", "zheng", "", "zh"),
    ("周测试", "系统工程师", "小周", "信息部", "zhou", "zheng", "zh"),
    ("孙样机", "桌面支持", "", "信息部", "sun", "zheng", "zh"),
    ("管样册", "系统管理员", "管工", "信息部", "guan", "zheng", "zh"),
    ("Ella Example", "Director of Engineering", "Ella", "Mobile", "ella", "", "en"),
    ("Sam Sample", "Engineering Manager", "", "Mobile", "sam", "ella", "en"),
    ("Tess Testcase", "Product Designer", "", "Mobile", "tess", "sam", "en"),
)
ORGANISER: Final = "guan"

# Whom one can try the desk as: mail and what they are.
ROLES: Final = (
    ("xu", "请示人 requester"),
    ("gao", "领导 leader"),
    ("wang", "对方部门 counterpart"),
    ("guan", "管理员 organiser"),
    ("sam", "requester (English)"),
    ("ella", "leader (English)"),
)

# weekday (0 is Monday): busy from, to; the last figure is 1 where it is tentative.
WEEK: Final[dict[str, dict[int, tuple[tuple[str, str, int], ...]]]] = {
    "gao": {
        0: (("09:00", "10:30", 0), ("14:00", "15:30", 0)),
        1: (("09:00", "11:30", 0), ("14:00", "16:10", 0), ("17:00", "17:30", 1)),
        2: (("10:00", "11:30", 0), ("13:30", "15:00", 0), ("15:10", "16:30", 0)),
        3: (("09:00", "11:40", 0), ("14:30", "16:00", 0), ("16:30", "17:30", 1)),
        4: (("09:00", "12:00", 0), ("13:30", "17:30", 0)),
    },
    "zheng": {
        0: (("09:00", "12:00", 0),),
        2: (("14:00", "17:00", 0),),
        4: (("09:30", "10:30", 1),),
    },
    "ella": {
        0: (("09:00", "09:30", 0), ("11:00", "12:00", 0)),
        1: (("09:00", "09:30", 0), ("15:00", "16:30", 0)),
        2: (("09:00", "09:30", 0), ("13:00", "14:00", 0)),
        3: (("09:00", "09:30", 0), ("10:00", "12:30", 0), ("14:00", "16:00", 0)),
        4: (("09:00", "09:30", 0), ("15:00", "16:00", 1)),
    },
}


def address(mailbox: str) -> str:
    return f"{mailbox}@sample.example"


def sign_in_links(base: str) -> list[tuple[str, str]]:
    """(label, address) for one requester, leader, counterpart and organiser, and two who work in English."""
    links = []
    for mailbox, label in ROLES:
        person = Person.objects.filter(is_sample=True, email=address(mailbox)).first()
        if person:
            links.append((f"{label}, {person.name}", f"{base}/demo/{sample.sign(person)}"))
    return links


def make_people() -> dict[str, Person]:
    people: dict[str, Person] = {}
    for name, title, form, department, mailbox, leader, language in PEOPLE:
        people[mailbox] = Person.objects.create(
            name=name,
            title=title,
            form_of_address=form,
            department=Department.objects.get_or_create(name=department)[0],
            email=address(mailbox),
            language=language,
            leader=people.get(leader),
            user=User.objects.create_user(address(mailbox)),
            is_organiser=mailbox == ORGANISER,
            is_sample=True,
        )
    return people


def make_calendars(people: dict[str, Person], now: datetime) -> None:
    today = timezone.localtime(now, ZONE).date()
    for mailbox, week in WEEK.items():
        calendar = Calendar.objects.create(
            person=people[mailbox], kind=FILE, name="sample.ics", added_at=now, taken_at=now
        )
        rows = []
        for offset in range(-7, 56):
            day = today + timedelta(days=offset)
            for start, end, soft in week.get(day.weekday(), ()):
                rows.append(Busy(calendar=calendar, start=_at(day, start), end=_at(day, end), soft=bool(soft)))
        Busy.objects.bulk_create(rows)
        note_taking(people[mailbox])


def _at(day: date, clock: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), tzinfo=ZONE)
