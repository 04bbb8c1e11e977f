// expect: Use std::string, for example std::vector<std::string>
#include <hecaton/codec/codec.hpp>

void check(hecaton::detail::Writer& writer, hecaton::detail::Reader& reader) {
#ifdef HECATON_MUST_FAIL
    using Value = std::vector<const char*>;
#else
    using Value = std::vector<std::string>;
#endif
    hecaton::detail::encode(writer, hecaton::detail::decode<Value>(reader));
}
