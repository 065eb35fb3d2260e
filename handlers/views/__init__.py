"""What people see: values and Words in, text and keyboard out."""
