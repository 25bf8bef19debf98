"""The XML that is not read: OWASP ASVS 5.0, 1.5.1, and the limits."""

import pytest

from engine.bpmn.xml import MAX_BYTES, MAX_DEPTH, MAX_ELEMENTS, parse_xml
from engine.errors import DeploymentRefused


def refused(data):
    """The one problem with which a file is refused."""
    with pytest.raises(DeploymentRefused) as caught:
        parse_xml(data, "order.bpmn")
    (problem,) = caught.value.problems
    assert problem.resource == "order.bpmn"
    return problem


class TestDoctype:
    def test_a_doctype_is_refused_with_its_line(self):
        problem = refused(b'<?xml version="1.0"?>\n<!-- note -->\n<!DOCTYPE definitions>\n<definitions/>')
        assert (problem.code, problem.line) == ("xml-doctype", 3)

    def test_an_external_doctype_is_refused(self, tmp_path):
        (tmp_path / "x.dtd").write_text("<!ELEMENT a ANY>")
        assert refused(f'<!DOCTYPE a SYSTEM "{tmp_path}/x.dtd"><a/>'.encode()).code == "xml-doctype"

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
    def test_a_doctype_in_another_encoding_is_refused(self, encoding):
        assert refused('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'.encode(encoding)).code == "xml-doctype"

    def test_a_doctype_in_a_text_is_only_a_text(self):
        root = parse_xml(b"<a><![CDATA[<!DOCTYPE html>]]></a>", "order.bpmn")
        assert root.text == "<!DOCTYPE html>"

    def test_a_prologue_of_a_million_comments_costs_one_pass(self):
        data = b"<!---->" * 500_000 + b"<!DOCTYPE a><a/>"
        assert refused(data).code == "xml-doctype"


class TestEntities:
    def test_an_internal_entity_is_refused(self):
        assert refused(b'<!DOCTYPE a [<!ENTITY b "text">]><a>&b;</a>').code == "xml-doctype"

    def test_an_entity_that_names_a_file_is_refused(self, tmp_path):
        secret = tmp_path / "secret"
        secret.write_text("secret")
        data = f'<!DOCTYPE a [<!ENTITY b SYSTEM "file://{secret}">]><a>&b;</a>'.encode()
        assert refused(data).code == "xml-doctype"

    def test_a_parameter_entity_is_refused(self):
        data = b'<!DOCTYPE a [<!ENTITY % b SYSTEM "http://127.0.0.1:1/x.dtd"> %b;]><a/>'
        assert refused(data).code == "xml-doctype"

    def test_a_billion_laughs_are_refused(self):
        lines = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
        data = f'<!DOCTYPE a [<!ENTITY l0 "ha">{lines}]><a x="&l9;">&l9;</a>'.encode()
        assert refused(data).code == "xml-doctype"

    def test_an_entity_that_nobody_declared_is_refused(self):
        problem = refused(b"<a>\n&b;</a>")
        assert (problem.code, problem.line) == ("xml-syntax", 2)

    def test_the_five_entities_of_xml_are_read(self):
        assert parse_xml(b"<a>&lt;&amp;&gt;&quot;&apos;&#20013;</a>", "order.bpmn").text == "<&>\"'中"


class TestLimits:
    def test_a_file_that_is_too_large_is_refused_unread(self):
        assert refused(b" " * (MAX_BYTES + 1)).code == "xml-too-large"

    def test_a_file_of_the_greatest_size_is_read(self):
        data = b"<a>" + b"x" * (MAX_BYTES - 7) + b"</a>"
        assert len(parse_xml(data, "order.bpmn").text or "") == MAX_BYTES - 7

    def test_too_many_elements_are_refused_where_the_limit_is_passed(self):
        problem = refused(b"<a>\n" + b"<b/>\n" * MAX_ELEMENTS + b"</a>")
        assert (problem.code, problem.line) == ("xml-too-many-elements", MAX_ELEMENTS + 1)

    def test_the_greatest_number_of_elements_is_read(self):
        assert len(parse_xml(b"<a>" + b"<b/>" * (MAX_ELEMENTS - 1) + b"</a>", "order.bpmn")) == MAX_ELEMENTS - 1

    def test_elements_nested_too_deep_are_refused(self):
        depth = MAX_DEPTH + 1
        assert refused(b"<a>" * depth + b"</a>" * depth).code == "xml-too-deep"

    def test_elements_nested_far_too_deep_are_refused(self):
        assert refused(b"<a>" * 100_000).code in {"xml-too-deep", "xml-syntax"}


class TestSyntax:
    @pytest.mark.parametrize(
        ("data", "line"),
        [(b"", 1), (b"plain text", 1), (b"<a>\n<b></a>", 2), (b"<a/>\n<b/>", 2), (b'<a x="1"\nx="2"/>', 2), (b"<a>\n\n&</a>", 3)],
    )
    def test_what_is_not_well_formed_is_refused_and_not_repaired(self, data, line):
        problem = refused(data)
        assert (problem.code, problem.line) == ("xml-syntax", line)

    def test_an_encoding_that_is_not_known_is_refused(self):
        assert refused(b'<?xml version="1.0" encoding="no-such"?><a/>').code == "xml-syntax"

    def test_a_broken_byte_is_refused(self):
        assert refused(b"<a>\xff\xfe</a>").code == "xml-syntax"

    def test_comments_and_instructions_are_left_out(self):
        root = parse_xml(b"<?xml-stylesheet href='x'?><a><!-- no --><?php echo 1?><b/></a>", "order.bpmn")
        assert [item.tag for item in root.iter()] == ["a", "b"]

    def test_chinese_text_is_read_in_its_encoding(self):
        data = '<?xml version="1.0" encoding="gb18030"?><a name="采购"/>'.encode("gb18030")
        assert parse_xml(data, "order.bpmn").get("name") == "采购"
