// expect: a constant member cannot be read into
// expect: a raw pointer cannot travel between processes
// expect: this function to its namespace
// expect: include <boost/serialization/shared_ptr.hpp>
// expect: a raw pointer cannot travel between processes
// expect: a struct with a base class cannot be taken apart
// expect: it only refers to values of this one
#include <hecaton/codec/codec.hpp>

class Closed {
    std::string text_;
};
struct Row {
    std::string name;
    int* number;
};
struct Derived : Row {
    std::string more;
};

template <class T>
struct Holder {
    T value;
    std::string text;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& value& text;
    }
};

template <class T>
void check(hecaton::detail::Writer& writer, const Holder<T>& holder) {
    hecaton::detail::encode(writer, holder);
}

struct Constant {
    const int number = 0;
    std::string text;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
#ifdef HECATON_MUST_FAIL
        ar& number& text;
#else
        ar& const_cast<int&>(number) & text;
#endif
    }
};

void check(hecaton::detail::Reader& reader) { hecaton::detail::decode<Constant>(reader); }

#ifdef HECATON_MUST_FAIL
template void check(hecaton::detail::Writer&, const Holder<Closed>&);
template void check(hecaton::detail::Writer&, const Holder<std::map<int, std::optional<Closed>>>&);
template void check(hecaton::detail::Writer&, const Holder<int*>&);
template void check(hecaton::detail::Writer&, const Holder<Row>&);
template void check(hecaton::detail::Writer&, const Holder<std::vector<std::string_view>>&);
template void check(hecaton::detail::Writer&, const Holder<std::shared_ptr<int>>&);
template void check(hecaton::detail::Writer&, const Holder<Derived>&);
template void check(hecaton::detail::Writer&, const Holder<Closed*>&);
#else
template void check(hecaton::detail::Writer&, const Holder<std::map<int, std::optional<std::string>>>&);
template void check(hecaton::detail::Writer&, const Holder<std::vector<Holder<int>*>>&);
#endif
