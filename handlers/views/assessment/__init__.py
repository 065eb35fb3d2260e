"""The screens of the self-assessment: a standing and Words in, text and keyboard out. One module a screen."""
