"""The login page."""
import reflex as rx


class Probe(rx.State):
    """x."""
    n: int = 0

    @rx.event
    def go(self):
        """x."""
        self.n += 1


@rx.page(route="/login", title="Log in")
def login() -> rx.Component:
    """x."""
    return rx.el.div(rx.el.button("go", on_click=Probe.go), Probe.n)
