"""PURE. What health authorities publish and phones hand over: key files and contact histories."""
