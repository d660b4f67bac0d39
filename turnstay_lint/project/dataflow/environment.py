"""What a function knows at one point: its variables, and the state of the objects it has seen."""

from __future__ import annotations

from msgspec import Struct, field

from turnstay_lint.project.dataflow.loading import NOTHING_LOADED, Loading, join_loading
from turnstay_lint.project.dataflow.merging import merged
from turnstay_lint.project.dataflow.values import (
    UNKNOWN,
    Field,
    Object,
    Tenant,
    TenantId,
    Value,
)
from turnstay_lint.project.models.tenancy import Tenancy


class StoredColumn(Struct, frozen=True):
    """A column that was given a client's value, at a place."""

    place: int
    column: str
    of_tenant: bool


class ObjectState(Struct, frozen=True):
    """What is known of the objects that came from one place.

    ``owned``: the tenant's (True), anybody's (False), or not known. ``sent`` is the place of the
    query that gave them, 0 for none. ``asked`` are variables that hold a key of theirs, with that
    key: what becomes known of its owner goes for them too. ``stored`` are the columns that hold
    what the client sent, and that nothing has put right since. ``either`` are the places of which
    the objects came from one.
    """

    owned: bool | None = None
    sent: int = 0
    asked: tuple[tuple[str, Field], ...] = ()
    stored: frozenset[StoredColumn] = frozenset()
    either: tuple[int, ...] = ()


NOT_KNOWN = ObjectState()


class Environment(Struct):
    """Variables by name (``self.session`` too) and object states by place.

    ``alive`` is False behind a return, raise, break or continue. ``outer`` is what an inner
    function sees of the one around it. ``privileged`` is a way that only those take who look after
    every tenant. ``loading`` is what is known of the objects' relationships.
    """

    names: dict[str, Value] = field(default_factory=dict)
    objects: dict[int, ObjectState] = field(default_factory=dict)
    alive: bool = True
    outer: Environment | None = None
    privileged: bool = False
    loading: Loading = NOTHING_LOADED

    def copy(self) -> Environment:
        """Return an environment that can go its own way."""
        names, objects = dict(self.names), dict(self.objects)
        return Environment(names, objects, self.alive, self.outer, self.privileged, self.loading)

    def inner(self) -> Environment:
        """Return the environment of a comprehension or lambda that is evaluated here."""
        return Environment({}, self.objects, True, self, loading=self.loading)

    @property
    def is_privileged(self) -> bool:
        """Tell whether only those come here who look after every tenant."""
        here: Environment | None = self
        while here is not None:
            if here.privileged:
                return True
            here = here.outer
        return False

    def get(self, name: str) -> Value | None:
        """Return the value of a variable, or None where it is none of the function's."""
        here: Environment | None = self
        while here is not None:
            if name in here.names:
                return here.names[name]
            here = here.outer
        return None

    def set(self, name: str, value: Value) -> None:
        """Give a variable a value; what was known of its attributes is forgotten."""
        prefix = f"{name}."
        for key in [key for key in self.names if "." in key and key.startswith(prefix)]:
            del self.names[key]
        self.names[name] = value

    def state(self, place: int) -> ObjectState:
        """Return what is known of the objects of a place."""
        here: Environment | None = self
        while here is not None:
            if place in here.objects:
                return here.objects[place]
            here = here.outer
        return NOT_KNOWN

    def known_by_key(self, place: int) -> None:
        """Give the variables that hold a key of these objects the value of it."""
        for variable, key in self.state(place).asked:
            self.set(variable, key)

    def become(self, other: Environment) -> None:
        """Take over what another environment knows."""
        self.names, self.objects, self.alive = other.names, other.objects, other.alive
        self.privileged, self.loading = other.privileged, other.loading

    def same(self, other: Environment) -> bool:
        """Tell whether two environments know the same."""
        alike = self.names == other.names and self.objects == other.objects
        return alike and self.loading == other.loading


def join(one: Environment, other: Environment) -> Environment:
    """Return what is known where two paths meet; a path that ended says nothing."""
    if not one.alive:
        return other.copy()
    if not other.alive:
        return one.copy()
    names: dict[str, Value] = {}
    made: dict[int, ObjectState] = {}
    for name in one.names.keys() | other.names.keys():
        if name in one.names and name in other.names:
            left, right = one.names[name], other.names[name]
            if left is right:
                names[name] = left
                continue
            names[name] = found = merged(left, right)
            if isinstance(left, Object) and isinstance(right, Object) and left != right:
                if isinstance(found, Object) and left.place != right.place:
                    made[found.place] = _of_either(one, left.place, other, right.place)
        else:
            # Bound on one path only: whoever uses it knows that it is bound.
            names[name] = one.names.get(name, other.names.get(name, UNKNOWN))
    objects = {**one.objects, **made}
    for place, state in other.objects.items():
        before = objects.get(place)
        objects[place] = state if before in (None, state) else _weaker(before, state)
    privileged = one.privileged and other.privileged
    loading = join_loading(one.loading, other.loading)
    return Environment(names, objects, True, one.outer, privileged, loading)


def _of_either(one: Environment, left: int, other: Environment, right: int) -> ObjectState:
    """Return what is known of an object that came from one of two places."""
    first, second = one.state(left), other.state(right)
    owned = first.owned if first.owned == second.owned else None
    asked, stored = (*first.asked, *second.asked), first.stored | second.stored
    return ObjectState(owned, 0, asked, stored, either=(left, right))


def _weaker(one: ObjectState | None, other: ObjectState) -> ObjectState:
    assert one is not None
    owned = one.owned if one.owned == other.owned else None
    asked = one.asked if one.asked == other.asked else ()
    stored, either = one.stored | other.stored, one.either or other.either
    return ObjectState(owned, one.sent or other.sent, asked, stored, either)


def is_owned(value: Value, environment: Environment, tenancy: Tenancy) -> bool | None:
    """Tell whether a value is the tenant's, or can only have come from what is; None: unknown."""
    match value:
        case TenantId() | Tenant():
            return True
        case Object(place=place) | Field(place=place):
            return environment.state(place).owned
    return None


def is_tenant_id(value: Value, environment: Environment, tenancy: Tenancy) -> bool | None:
    """Tell whether a value is the tenant's id: True, False for another's, None unknown."""
    match value:
        case TenantId():
            return True
        case Field(model=model, column=column) if tenancy.is_tenant_column(model, column):
            return is_owned(value, environment, tenancy)
    return None
