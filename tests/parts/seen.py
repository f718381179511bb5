"""A PDF as a camera sees it: its pages drawn, and the codes on them read by the decoders that gates use."""

import numpy as np
import numpy.typing as npt
import pypdfium2
import zxingcpp

Picture = npt.NDArray[np.uint8]


def pages_of(pdf: bytes, dpi: int = 150) -> list[Picture]:
    """Each page in grey, drawn at so many dots an inch."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [np.array(page.render(scale=dpi / 72, grayscale=True).to_pil().convert("L")) for page in document]
    finally:
        document.close()


def codes_on(pdf: bytes) -> list[str]:
    """The texts of every code, in the order in which they are found on each page."""
    return [code.text for page in pages_of(pdf) for code in zxingcpp.read_barcodes(page)]
