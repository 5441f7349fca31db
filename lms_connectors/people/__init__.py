"""Where people come from: tables exported from HR systems."""
