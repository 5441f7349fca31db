"""The screens' sentences in other languages than the one they are written in, Indonesian."""
