// expect: a raw pointer cannot travel between processes
#include <hecaton/codec/codec.hpp>

void check(hecaton::Writer& writer, hecaton::Reader& reader) {
#ifdef HECATON_MUST_FAIL
    using Value = std::vector<int*>;
#else
    using Value = std::vector<int>;
#endif
    hecaton::encode(writer, hecaton::decode<Value>(reader));
}
