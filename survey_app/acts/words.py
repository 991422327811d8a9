"""What an act is called in words; the record keeps only its key."""

ACTS = {
    "access.denied": "asked for a page that is not theirs",
    "audit.exported": "exported the record of acts",
    "account.first": "made the first account",
    "account.named": "changed their own name",
    "agreement.ended": "ended a research agreement",
    "agreement.made": "made a research agreement",
    "answers.exported": "exported answers",
    "answers.keyed": "keyed in answers from paper",
    "consent.recorded": "recorded what families were told or have said",
    "consent.rule-set": "said what is asked of families",
    "cards.reprinted": "made new cards in place of old ones",
    "class.archived": "archived a class",
    "class.unarchived": "took a class out of the archive",
    "class.erased": "erased a class",
    "code.erased": "erased a student",
    "cycle.decided": "decided on a cycle",
    "cycle.shared": "shared a cycle",
    "cycle.unshared": "took back the share of a cycle",
    "database.restored": "put a backup back",
    "diagram.changed": "changed the driver diagram",
    "erasure.ordered": "ordered that everything at a place is erased",
    "erasure.withdrawn": "took an order to erase back",
    "held.counted": "exported how much is held, in numbers",
    "held.handed-over": "made the file of everything held at a place, on the server",
    "held.exported": "exported what is held, as before an erasure",
    "invitation.accepted": "accepted an invitation",
    "invitation.made": "invited somebody",
    "invitation.renewed": "made a new link for an invitation",
    "invitation.revoked": "took an invitation back",
    "package.approved": "approved a data package",
    "package.asked": "asked for a data package",
    "package.given": "took a data package along",
    "package.made": "made a data package",
    "package.refused": "refused a data package",
    "item.reviewed": "reviewed a question for protected areas",
    "organisation.erased": "erased everything at a place",
    "password.changed": "changed their password",
    "password.link-made": "made a link for a new password",
    "password.set-by-link": "set a new password by a link",
    "person.erased": "erased somebody's account",
    "person.disabled": "closed somebody's sign-in",
    "person.enabled": "opened somebody's sign-in",
    "person.moved": "moved somebody to another place",
    "place.added": "added a place",
    "place.archived": "archived a place",
    "place.changed": "renamed or moved a place",
    "place.unarchived": "took a place out of the archive",
    "prediction.locked": "locked a view and a prediction",
    "prediction.skipped": "locked a view without a prediction",
    "proof.failed": "gave a wrong password before an export or a deletion",
    "release.made": "made the weekly release",
    "research.joined": "let researchers see a lesson without codes",
    "research.left": "took a lesson back from research",
    "research.reports-made": "worked out the item reports",
    "results.revealed": "saw the results of a cycle",
    "retention.kept": "deleted what its time is over for",
    "role.given": "gave a role",
    "role.taken": "took a role back",
    "rows.data-package": "read answers to make a data package",
    "session.ended": "ended one of their sign-ins",
    "sessions.ended": "signed out everywhere else",
    "sign-in": "signed in",
    "sign-out": "signed out",
    "sign-in.failed": "a wrong password at sign-in",
    "sign-in.stopped": "an address was stopped after too many wrong passwords",
    "survey.closed": "closed a survey",
    "survey.opened": "opened a survey",
    "survey.reopened": "opened a survey once more",
    "survey.voided": "made a survey void",
    "team.archived": "archived a team",
    "team.unarchived": "took a team out of the archive",
    "team.added": "added a team",
    "team.joined": "put somebody into a team",
    "team.left": "took somebody out of a team",
    "team.renamed": "renamed a team",
    "use.accepted": "accepted how Focal is used",
}

# The kinds by which the record can be read; an act belongs to one, by the word before its dot.
KINDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "children": (
        "Children's data",
        (
            *("answers", "cards", "class", "code", "consent", "erasure", "held", "item"),
            *("organisation", "retention", "release", "package", "rows", "database"),
        ),
    ),
    "cycles": ("Cycles and surveys", ("cycle", "diagram", "prediction", "research", "results", "survey")),
    "people": (
        "People and places",
        ("account", "agreement", "invitation", "person", "place", "role", "team", "use"),
    ),
    "doors": ("Sign-ins, passwords and refusals", ("access", "password", "proof", "session", "sessions")),
    "record": ("The record itself", ("audit",)),
}
DOORS = ("sign-in", "sign-out", "sign-in.failed", "sign-in.stopped")


def kind_of(act: str) -> str:
    """Return the kind of an act.

    Examples
    --------
    >>> kind_of("class.erased"), kind_of("sign-in.failed"), kind_of("something.new")
    ('children', 'doors', '')
    """
    if act in DOORS:
        return "doors"
    first = act.partition(".")[0]
    return next((kind for kind, (_words, firsts) in KINDS.items() if first in firsts), "")


def acts_of_kind(kind: str) -> list[str]:
    """Return the acts of a kind."""
    return [act for act in ACTS if kind_of(act) == kind]


def act_words(act: str) -> str:
    """Return an act in words; one without words of its own reads as its key does.

    Examples
    --------
    >>> act_words("class.erased"), act_words("something.new-here")
    ('erased a class', 'something new here')
    """
    return ACTS.get(act) or act.replace(".", " ").replace("-", " ")
