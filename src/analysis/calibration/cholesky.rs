//! Symmetric positive definite systems of linear equations, by the factorization of Cholesky: a matrix is the product of a
//! lower triangle and its transpose, and two triangular systems are solved by substitution. The systems here have some
//! dozens of unknowns, so that the textbook loops do, and a library of linear algebra would cost every build more than it
//! gives.

/// A symmetric matrix, of which the lower triangle is kept, row after row.
#[derive(Debug, Clone)]
pub(super) struct Symmetric {
    size: usize,
    lower: Vec<f64>,
}

/// Where an entry of a lower triangle stands; `column` is at most `row`.
fn place(row: usize, column: usize) -> usize {
    row * (row + 1) / 2 + column
}

impl Symmetric {
    /// All zeros.
    pub(super) fn zeros(size: usize) -> Symmetric {
        Symmetric { size, lower: vec![0.0; place(size, 0)] }
    }

    /// Adds the product of a vector with its transpose.
    pub(super) fn add_outer(&mut self, vector: &[f64]) {
        for (row, x) in vector.iter().enumerate() {
            for (column, y) in vector[..=row].iter().enumerate() {
                self.lower[place(row, column)] += x * y;
            }
        }
    }

    /// An entry of the diagonal.
    pub(super) fn diagonal_mut(&mut self, row: usize) -> &mut f64 {
        &mut self.lower[place(row, row)]
    }

    /// Its lower triangular factor; `None` where it is not positive definite.
    pub(super) fn factor(mut self) -> Option<Factor> {
        for row in 0..self.size {
            for column in 0..=row {
                let known: f64 = (0..column).map(|k| self.lower[place(row, k)] * self.lower[place(column, k)]).sum();
                let rest = self.lower[place(row, column)] - known;
                self.lower[place(row, column)] = if column < row {
                    rest / self.lower[place(column, column)]
                } else if rest > 0.0 {
                    rest.sqrt()
                } else {
                    // Zero, negative or no number: there is no real root, hence no factor.
                    return None;
                };
            }
        }
        Some(Factor { size: self.size, lower: self.lower })
    }
}

/// The lower triangular factor of a [`Symmetric`] matrix.
#[derive(Debug, Clone)]
pub(super) struct Factor {
    size: usize,
    lower: Vec<f64>,
}

impl Factor {
    /// The vector that the matrix maps to `right`, which has as many entries as the matrix has rows.
    pub(super) fn solve(&self, right: &[f64]) -> Vec<f64> {
        let mut solution = right.to_vec();
        for row in 0..self.size {
            let known: f64 = (0..row).map(|k| self.lower[place(row, k)] * solution[k]).sum();
            solution[row] = (solution[row] - known) / self.lower[place(row, row)];
        }
        for row in (0..self.size).rev() {
            let known: f64 = (row + 1..self.size).map(|k| self.lower[place(k, row)] * solution[k]).sum();
            solution[row] = (solution[row] - known) / self.lower[place(row, row)];
        }
        solution
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_solved_by_hand() {
        // [4 2; 2 3] x = [2, 5]: x = [-0.5, 2]. As sums of outer products: (2, 1)(2, 1)' + (0, sqrt 2)(0, sqrt 2)'.
        let mut matrix = Symmetric::zeros(2);
        matrix.add_outer(&[2.0, 1.0]);
        matrix.add_outer(&[0.0, 2.0f64.sqrt()]);
        let solution = matrix.factor().map(|factor| factor.solve(&[2.0, 5.0])).unwrap_or_default();
        assert!((solution[0] + 0.5).abs() < 1e-14 && (solution[1] - 2.0).abs() < 1e-14, "{solution:?}");
    }

    #[test]
    fn what_is_not_positive_definite_has_no_factor() {
        let mut singular = Symmetric::zeros(2);
        singular.add_outer(&[1.0, 1.0]);
        assert!(singular.factor().is_none());
        let mut no_number = Symmetric::zeros(1);
        *no_number.diagonal_mut(0) = f64::NAN;
        assert!(no_number.factor().is_none());
    }

    proptest::proptest! {
        #[test]
        fn a_solution_put_in_gives_the_right_side(rows in proptest::collection::vec(-2.0..2.0f64, 16), right in proptest::collection::vec(-2.0..2.0f64, 4)) {
            let mut matrix = Symmetric::zeros(4);
            for row in rows.chunks(4) {
                matrix.add_outer(row);
            }
            // Away from singular, so that the residual can be held to a bound.
            for row in 0..4 {
                *matrix.diagonal_mut(row) += 0.5;
            }
            let solution = matrix.clone().factor().map(|factor| factor.solve(&right)).unwrap_or_default();
            for (row, right) in right.iter().enumerate() {
                let image: f64 = (0..4).map(|k| matrix.lower[place(row.max(k), row.min(k))] * solution[k]).sum();
                proptest::prop_assert!((image - right).abs() < 1e-10);
            }
        }
    }
}
