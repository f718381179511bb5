"""The programs' interface: OpenAPI and FHIR."""
