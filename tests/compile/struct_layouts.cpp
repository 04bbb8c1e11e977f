// expect: a union cannot travel between processes
// expect: a struct with a base class cannot be taken apart by itself
// expect: a struct of more than 64 members
// expect: a struct that has an array and a member which is const
#include <hecaton/codec/codec.hpp>

struct Row {
    int number;
    std::string text;
};

#ifdef HECATON_MUST_FAIL
struct Either {
    std::string text;
    union {
        int number;
        double other;
    };
};
struct Derived : Row {
    int more;
};
struct Long {
    Row row;
    std::string a[1], b0, b1, b2, b3, b4, b5, b6, b7, c0, c1, c2, c3, c4, c5, c6, c7, d0, d1, d2, d3, d4, d5, d6, d7;
    std::string e0, e1, e2, e3, e4, e5, e6, e7, f0, f1, f2, f3, f4, f5, f6, f7, g0, g1, g2, g3, g4, g5, g6, g7;
    std::string h0, h1, h2, h3, h4, h5, h6, h7, i0, i1, i2, i3, i4, i5, i6, i7;
};
struct Constant {
    const std::string text;
    int array[2];
};
#else
struct Either {
    std::string text;
    std::variant<int, double> either;
};
struct Derived : Row {
    int more;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& number& text& more;
    }
};
struct Long {
    Row row;
    std::string b[70];
};
struct Constant {
    const std::string text;
    std::array<int, 2> array;
};
#endif

void check(hecaton::detail::Writer& writer, const Either& either, const Derived& derived, const Long& row,
           const Constant& constant) {
    hecaton::detail::encode(writer, either);
    hecaton::detail::encode(writer, derived);
    hecaton::detail::encode(writer, row);
    hecaton::detail::encode(writer, constant);
}
