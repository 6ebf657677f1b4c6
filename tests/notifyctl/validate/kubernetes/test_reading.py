from tests.support.manifests import SERVICE, deployment, only_set, read


def test_manifests_without_a_kustomization_are_one_set() -> None:
    manifests = only_set({"a.yaml": SERVICE, "b/c.yaml": deployment()})

    assert (manifests.name, manifests.is_rendered, manifests.about) == ("", False, None)
    assert [each.kind for each in manifests.manifests] == ["Service", "Deployment"]


def test_what_a_kustomization_uses_is_not_looked_at_by_itself() -> None:
    sets = read(
        {
            "app/kustomization.yaml": "resources: [deployment.yaml]\npatches: [{path: more.yaml}]",
            "app/deployment.yaml": deployment(),
            "app/more.yaml": deployment(spec="replicas: 3"),
            "alone.yaml": SERVICE,
        }
    )

    assert [(each.name, [one.source.name for one in each.manifests]) for each in sets] == [
        ("", ["alone.yaml"]),
        ("app", ["app/deployment.yaml"]),
    ]


def test_each_overlay_is_a_set_and_their_base_is_none() -> None:
    sets = read(
        {
            "base/kustomization.yaml": "resources: [a.yaml]",
            "base/a.yaml": SERVICE,
            "overlays/one/kustomization.yaml": "resources: [../../base]",
            "overlays/two/kustomization.yaml": "bases: [../../base]",
        }
    )

    assert [each.name for each in sets] == ["overlays/one", "overlays/two"]
    assert [len(each.manifests) for each in sets] == [1, 1]


def test_a_file_that_lost_a_document_makes_the_set_incomplete() -> None:
    assert only_set({"a.yaml": SERVICE + "---\nkind: [\n"}).incomplete
    assert not only_set({"a.yaml": SERVICE + "---\napiVersion: v1\nkind: A\nkind: B\n"}).incomplete


def test_flux_has_kustomizations_of_its_own() -> None:
    flux = "{apiVersion: kustomize.toolkit.fluxcd.io/v1, kind: Kustomization, metadata: {name: a}}"

    manifests = only_set({"kustomization.yaml": flux})

    assert [each.kind for each in manifests.manifests] == ["Kustomization"]
    assert not manifests.is_rendered
