"""Forms on the server: reading form-js JSON, checking what was submitted, preparing a form for the viewer.

- `FormValidation` checks a submission and gives the typed values to write (`engine.ports.FormValidator`).
- `FormPresentation` makes a form ready for one person at one step, in one language, with its data.
- `check_form` finds what is wrong with a form when it is deployed.

Conventions beyond form-js, all in a component's `properties`, so that the form editor keeps them:

| Property | Says |
|---|---|
| `label:zh`, `description:zh`, `text:zh`, … | the text in another language |
| `option.<value>:zh`, `column.<key>:zh` | the label of a choice or a column in another language |
| `options` | the server's list that the choices come from: `suppliers`, `contracts`, `customers`, `stock_items`, `cost_centres` |
| `prefill` | a FEEL expression over the case's variables: what stands in the field at first |
| `list`, `item`, `wanted`, `count` | of a `barcode` field: which list it counts, and the fields in it (`forms/barcodes.py`) |
| `format` | `money`: how a computed figure is shown in tables |
"""

from forms.checks import WANTED, check_form
from forms.findings import FINDINGS
from forms.messages import TEMPLATES
from forms.options import Option, OptionSource, no_options, sources_of
from forms.presenting import FormPresentation, PresentedForm
from forms.schema import FormError, FormSchema, read_form
from forms.validation import FormValidation

__all__ = [
    "FINDINGS",
    "TEMPLATES",
    "WANTED",
    "FormError",
    "FormPresentation",
    "FormSchema",
    "FormValidation",
    "Option",
    "OptionSource",
    "PresentedForm",
    "check_form",
    "no_options",
    "read_form",
    "sources_of",
]
