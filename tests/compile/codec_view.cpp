// expect: it only refers to values of this one
#include <hecaton/codec/codec.hpp>

void check(hecaton::detail::Writer& writer, hecaton::detail::Reader& reader) {
#ifdef HECATON_MUST_FAIL
    using Value = std::pair<int, std::span<const double>>;
#else
    using Value = std::pair<int, std::vector<double>>;
#endif
    hecaton::detail::encode(writer, hecaton::detail::decode<Value>(reader));
}
