"""One person over codes and gates: identities, links with source and confidence, each reversible."""
