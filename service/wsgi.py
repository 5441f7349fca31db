"""For gunicorn: ``gunicorn service.wsgi:app``. Background work then runs in ``bangkom worker``."""

from service.app import create_app
from service.config import load_settings

app = create_app(load_settings())
