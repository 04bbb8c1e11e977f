// expect: a container with a comparator or hash that has state
#include <hecaton/codec/codec.hpp>

void check(hecaton::detail::Writer& writer, hecaton::detail::Reader& reader) {
#ifdef HECATON_MUST_FAIL
    using Value = std::set<int, bool (*)(int, int)>;
#else
    using Value = std::set<int, std::greater<>>;
#endif
    hecaton::detail::encode(writer, hecaton::detail::decode<Value>(reader));
}
