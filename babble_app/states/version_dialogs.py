"""What a page with versions closes when it is opened: a dialog that was left open by going elsewhere stays in the tab's state."""

from __future__ import annotations

from babble_app.states.labels import LabelState
from babble_app.states.publishing import PublishState
from babble_app.states.version_details import DetailsState

CLOSE_VERSION_DIALOGS = [PublishState.close, LabelState.cancel, DetailsState.close]
