"""Files of spreadsheets, CSV and XLSX: read within limits, and written without what they would compute."""
