from tests.support.manifests import only_container, pod


def test_ports_have_number_name_and_protocol() -> None:
    container = only_container(
        pod("ports: [{containerPort: 53, protocol: UDP, name: dns}, {name: x}]")
    )

    dns, unknown = container.ports
    assert (dns.number, dns.name, dns.protocol, dns.span.text) == (53, "dns", "UDP", "53")
    assert (unknown.number, unknown.protocol, unknown.span.text) == (None, "TCP", "name: x")
    assert container.port_named("dns") is dns
    assert container.port_named("gone") is None


def test_a_variable_that_comes_from_elsewhere_has_no_text() -> None:
    env = only_container(
        pod("env: [{name: A, value: '1'}, {name: B, valueFrom: {fieldRef: {}}}, {name: C}, {x: y}]")
    ).env

    assert {name: variable.text for name, variable in env.items()} == {"A": "1", "B": None, "C": ""}
    assert env["A"].span.text == "'1'"
    assert env["C"].span.text == "name: C"
