"""The ways in which Moodle refuses: class, code and sentence, as they go into an answer with status 200."""

from __future__ import annotations


class MoodleRefusal(Exception):
    """``errorcode`` is None for a PHP Error: Moodle then answers without that key."""

    def __init__(self, exception: str, errorcode: str | None, message: str) -> None:
        super().__init__(f"{exception}/{errorcode}")
        self.exception = exception
        self.errorcode = errorcode
        self.message = message

    def as_json(self) -> dict[str, str]:
        answer = {"exception": self.exception, "message": self.message}
        if self.errorcode is not None:
            answer = {
                "exception": self.exception,
                "errorcode": self.errorcode,
                "message": self.message,
            }
        return answer


def invalid_parameter() -> MoodleRefusal:
    """Nearly every refused parameter reads the same when site debugging is off."""
    return MoodleRefusal(
        "invalid_parameter_exception", "invalidparameter", "Invalid parameter value detected"
    )


def coding_error(sentence: str) -> MoodleRefusal:
    message = f"Coding error detected, it must be fixed by a programmer: {sentence}"
    return MoodleRefusal("coding_exception", "codingerror", message)


def missing_record(table: str) -> MoodleRefusal:
    message = f"Can't find data record in database table {table}."
    return MoodleRefusal("dml_missing_record_exception", "invalidrecord", message)


def invalid_user() -> MoodleRefusal:
    return MoodleRefusal("dml_missing_record_exception", "invaliduser", "Invalid user")


def moodle_error(errorcode: str, message: str) -> MoodleRefusal:
    return MoodleRefusal("moodle_exception", errorcode, message)


def invalid_token() -> MoodleRefusal:
    return moodle_error("invalidtoken", "Invalid token - token not found")


def access_denied() -> MoodleRefusal:
    return MoodleRefusal("webservice_access_exception", "accessexception", "Access control exception")


def no_permission(what: str) -> MoodleRefusal:
    message = f"Sorry, but you do not currently have permissions to do that ({what})."
    return MoodleRefusal("required_capability_exception", "nopermissions", message)


def no_access_to_course() -> MoodleRefusal:
    return MoodleRefusal("require_login_exception", "requireloginerror", "Course or activity not accessible.")


def no_manual_instance() -> MoodleRefusal:
    message = (
        "Manual enrolment plugin instance doesn't exist or is disabled for the course (id = {$a->courseid})"
    )
    return moodle_error("wsnoinstance", message)
