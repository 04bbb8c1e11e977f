// expect: Add a Boost.Serialization `serialize` member
#include <hecaton/codec/codec.hpp>

class Closed {
    std::string text_;
};
struct Serializable {
    std::string text;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& text;
    }
};

void check(hecaton::detail::Writer& writer, hecaton::detail::Reader& reader) {
#ifdef HECATON_MUST_FAIL
    using Value = std::map<int, Closed>;
#else
    using Value = std::map<int, Serializable>;
#endif
    hecaton::detail::encode(writer, hecaton::detail::decode<Value>(reader));
}
