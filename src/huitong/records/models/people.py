"""Who there is: people and their departments, accounts, known devices."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None) -> "User":
        user = self.model(email=self.normalize_email(email))
        user.set_password(password)  # None: unusable until the invitation is taken up
        user.save()
        return user


class User(AbstractBaseUser):
    """An account: someone who can sign in. Most people of the desk need none."""

    email = models.EmailField(unique=True)
    is_active = models.BooleanField(default=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="one_account_an_address")]


class Department(models.Model):
    name = models.CharField(max_length=100, unique=True)

    def __str__(self) -> str:
        return self.name


class Person(models.Model):
    """Someone named in a matter. `added_by`: the requester who typed them in, if no organiser did."""

    name = models.CharField(max_length=100)
    department = models.ForeignKey(Department, null=True, blank=True, on_delete=models.PROTECT)
    title = models.CharField(max_length=100, blank=True)
    form_of_address = models.CharField(max_length=100, blank=True)
    email = models.EmailField(blank=True)
    language = models.CharField(max_length=10, default="zh")
    time_zone = models.CharField(max_length=64, default="Asia/Shanghai")
    leader = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="reports")
    user = models.OneToOneField(User, null=True, blank=True, on_delete=models.SET_NULL)
    is_organiser = models.BooleanField(default=False)
    is_sample = models.BooleanField(default=False)
    added_by = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE, related_name="added")
    calendar_taken_at = models.DateTimeField(null=True, blank=True)  # of the calendars that count, the newest
    news = models.JSONField(default=dict, blank=True)  # kind of news -> transport, where that is not mail
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)
    digest_at = models.TimeField(null=True, blank=True)  # when what is in digest_news comes at once, on working days
    digest_news = models.JSONField(default=list, blank=True)  # kinds of news
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name

    @property
    def address(self) -> str:
        """What one calls them: 张总, or their name."""
        return self.form_of_address or self.name


class ChatAddress(models.Model):
    """Where a person is reached in a chat. `address` and `secret` let their holder write there: shown to nobody."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="chat_addresses")
    transport = models.CharField(max_length=20)
    address = models.TextField()
    secret = models.TextField(blank=True)
    added_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("person", "transport", name="one_chat_address_a_transport")]

    def __str__(self) -> str:
        return f"{self.transport} of {self.person_id}"


class Phrase(models.Model):
    """A sentence that this leader likes to have a tap away."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE)
    text = models.CharField(max_length=100)

    class Meta:
        constraints = [models.UniqueConstraint("person", "text", name="a_phrase_once")]


class Feed(models.Model):
    """A person's own calendar address is open: whoever has the token, of which only a hash is kept, may read it."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="feed")
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()


class Device(models.Model):
    """A browser in which this person has answered a link before. The cookie's value is kept as a hash."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE)
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint("person", "digest", name="a_device_once")]


class ReviewSettings(models.Model):
    """The house's own review: rules switched off, and its names. One row for real people, one for sample ones."""

    is_sample = models.BooleanField(unique=True)
    off = models.JSONField(default=list)
    departments = models.JSONField(default=list)
    products = models.JSONField(default=list)
    titles = models.JSONField(default=list)


class HouseTemplate(models.Model):
    """A house's own template of one composed text. With `source` "" the packaged one holds again.

    `previous` is what the last change replaced, `based_on` the packaged template as it was then.
    """

    is_sample = models.BooleanField()
    language = models.CharField(max_length=10)
    name = models.CharField(max_length=20)
    source = models.TextField(blank=True)
    previous = models.TextField(blank=True)
    based_on = models.TextField()
    changed_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("is_sample", "language", "name", name="one_template_a_house_and_text")]


class HelpKind(models.Model):
    """A further kind of help that a house names: carried out by its `steps`, each {what, side, days}.

    `cues` are words, a line each, that make an option be of it. A request keeps what it needs of its kind, so that a
    kind can be changed and deleted.
    """

    is_sample = models.BooleanField()
    name = models.CharField(max_length=40)
    name_en = models.CharField(max_length=40)
    cues = models.TextField(blank=True)
    steps = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint("is_sample", "name", name="one_kind_of_a_name")]
