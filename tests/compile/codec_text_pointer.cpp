// expect: Use std::string, for example std::vector<std::string>
#include <hecaton/codec/codec.hpp>

void check(hecaton::Writer& writer, hecaton::Reader& reader) {
#ifdef HECATON_MUST_FAIL
    using Value = std::vector<const char*>;
#else
    using Value = std::vector<std::string>;
#endif
    hecaton::encode(writer, hecaton::decode<Value>(reader));
}
