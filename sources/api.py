"""The data sources by REST: reading."""

from django.db.models import QuerySet
from rest_framework import generics, serializers

from kernel.pages import Pages
from sources.models import DataSource
from tenants.authentication import caller


class SourceAnswer(serializers.ModelSerializer[DataSource]):
    """One data source as it is registered."""

    class Meta:
        model = DataSource
        fields = ("key", "name", "kind", "state", "facts", "sha256", "created_at", "changed_at")
        read_only_fields = fields


class Sources(generics.ListAPIView[DataSource]):
    """The brand's data sources, in the order of their registration."""

    scope = "register"
    serializer_class = SourceAnswer
    pagination_class = Pages
    queryset = DataSource.objects.none()

    def get_queryset(self) -> QuerySet[DataSource]:
        """Return those of the client's brand."""
        return DataSource.objects.filter(brand_id=caller(self.request).brand_id)


class Source(generics.RetrieveAPIView[DataSource]):
    """One data source."""

    scope = "register"
    serializer_class = SourceAnswer
    lookup_field = "key"
    queryset = DataSource.objects.none()

    def get_queryset(self) -> QuerySet[DataSource]:
        """Return those of the client's brand."""
        return DataSource.objects.filter(brand_id=caller(self.request).brand_id)
