// expect: a raw pointer cannot travel between processes
#include <hecaton/codec/codec.hpp>

void check(hecaton::detail::Writer& writer, hecaton::detail::Reader& reader) {
#ifdef HECATON_MUST_FAIL
    using Value = std::vector<int*>;
#else
    using Value = std::vector<int>;
#endif
    hecaton::detail::encode(writer, hecaton::detail::decode<Value>(reader));
}
