"""The tables of people."""

from people.models.consents import Basis as Basis
from people.models.consents import Consent as Consent
from people.models.consents import ConsentEvent as ConsentEvent
from people.models.consents import ConsentState as ConsentState
from people.models.gates import ChangeFollower as ChangeFollower
from people.models.gates import PersonChange as PersonChange
from people.models.gates import PersonGate as PersonGate
from people.models.persons import Identifier as Identifier
from people.models.persons import IdentifierKind as IdentifierKind
from people.models.persons import NumberCounter as NumberCounter
from people.models.persons import Person as Person
from people.models.persons import PersonOwned as PersonOwned
from people.models.persons import PersonState as PersonState
from people.models.persons import SourceRecord as SourceRecord
from people.models.persons import Visibility as Visibility
from people.models.proofs import AddressProof as AddressProof
from people.models.settings import PrivacySettings as PrivacySettings
from people.models.settings import Signal as Signal
from people.models.settings import Suppression as Suppression
